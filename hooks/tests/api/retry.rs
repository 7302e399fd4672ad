//! What is called again, and what never is.

use std::time::Duration;

use bytes::Bytes;
use hookwright::ApiError;
use hookwright::proto::Post;
use proptest::prelude::*;
use tokio::time::Instant;

use crate::script::{Script, lost, unreachable};

#[tokio::test(start_paused = true)]
async fn a_call_that_reads_is_made_until_it_gets_through() {
    let mut left = 3;
    let script = Script::new(move |method, _| match left {
        0 => Ok(Bytes::new()),
        _ => {
            left -= 1;
            Err(if left % 2 == 0 { lost(method) } else { unreachable(method) })
        }
    });

    assert_eq!(script.client(None).kv_get("key").await, Ok(Bytes::new()));

    assert_eq!(script.calls(), ["KVGet"; 4]);
}

#[tokio::test(start_paused = true)]
async fn after_four_attempts_the_last_failure_is_the_answer() {
    let script = Script::new(|method, _| Err(lost(method)));

    assert_eq!(script.client(None).kv_get("key").await, Err(lost("KVGet")));

    assert_eq!(script.calls(), ["KVGet"; 4]);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_changes_anything_is_made_once_whatever_becomes_of_it() {
    for failure in [lost, unreachable] {
        let script = Script::new(move |method, _| Err(failure(method)));
        let api = script.client(None);

        assert_eq!(api.create_post(Post::default()).await, Err(failure("CreatePost")));
        assert_eq!(api.kv_set("key", "value").await, Err(failure("KVSet")));
        assert_eq!(api.get_direct_channel("a", "b").await, Err(failure("GetDirectChannel")));

        assert_eq!(script.calls(), ["CreatePost", "KVSet", "GetDirectChannel"]);
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_server_decided_is_not_asked_again() {
    for code in ["RESOURCE_EXHAUSTED", "INTERNAL", "UNKNOWN", "CANCELLED", "UNIMPLEMENTED"] {
        let failure = |method| ApiError::Transport { method, code, message: "so it is".to_owned() };
        let script = Script::new(move |method, _| Err(failure(method)));

        assert_eq!(script.client(None).kv_get("key").await, Err(failure("KVGet")));

        assert_eq!(script.calls(), ["KVGet"]);
    }
}

proptest! {
    #[test]
    fn no_attempt_begins_after_the_deadline_and_the_failure_is_kept(time in 0_u64..1500) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let deadline = Instant::now() + Duration::from_millis(time);
            let script = Script::new(move |method, _| {
                assert!(Instant::now() <= deadline, "too late");
                Err(lost(method))
            });

            let answer = script.client(Some(deadline)).kv_get("key").await;

            prop_assert_eq!(answer, Err(lost("KVGet")));
            prop_assert!(Instant::now() <= deadline);
            Ok(())
        })?;
    }
}
