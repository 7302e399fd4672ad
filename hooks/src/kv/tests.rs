use std::time::Duration;

use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::fake::FakeStore;
use super::*;
use crate::ErrorKind;
use crate::api::ApiError;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Poll {
    question: String,
    votes: Vec<u32>,
}

fn poll() -> Poll {
    Poll { question: "Lunch?".into(), votes: vec![3, 4] }
}

#[tokio::test]
async fn a_value_comes_back_as_it_went_and_is_gone_when_deleted() {
    let kv = FakeStore::new().client().kv();
    kv.set("poll", &poll()).await.unwrap();
    assert_eq!(kv.get("poll").await, Ok(Some(poll())));
    kv.delete("poll").await.unwrap();
    assert_eq!(kv.get::<Poll>("poll").await, Ok(None));
}

#[tokio::test]
async fn values_are_json_as_plugins_in_go_read_them() {
    let store = FakeStore::new();
    store.client().kv().set("poll", &poll()).await.unwrap();
    assert_eq!(store.get("poll").unwrap(), r#"{"question":"Lunch?","votes":[3,4]}"#);
}

#[tokio::test]
async fn a_value_of_another_type_is_told_with_key_field_and_type_and_without_its_text() {
    let store = FakeStore::new();
    store.put("poll", r#"{"question":"x","votes":["secret"]}"#, 0);
    let error = store.client().kv().get::<Poll>("poll").await.unwrap_err().to_string();
    assert!(error.starts_with("key `poll`: what is stored is not a `"), "{error}");
    assert!(error.contains("Poll`: `votes[0]`: invalid type: a string, expected u32"), "{error}");
    assert!(!error.contains("secret"), "{error}");
}

#[tokio::test]
async fn a_number_that_json_does_not_have_is_refused_and_nothing_is_sent() {
    let store = FakeStore::new();
    let kv = store.client().kv();
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let within = std::collections::BTreeMap::from([("rate", Some(vec![1.0, number]))]);
        for refused in [
            kv.set("n", &number).await,
            kv.set("n", &within).await,
            kv.set_if_absent("n", &(None::<u8>, number)).await.map(drop),
            kv.update("n", |_: Option<f64>| number).await.map(drop),
        ] {
            assert!(matches!(refused, Err(KvError::Encode { .. })), "{refused:?}");
        }
    }
    assert_eq!(store.get("n"), None);
    let told = kv.set("n", &f32::NAN).await.unwrap_err().to_string();
    let expected =
        "key `n`: a `f32` cannot be written as JSON: a number is infinite or none at all (NaN)";
    assert_eq!(told, expected);
    kv.set("n", &(None::<f64>, "null", 1.5)).await.unwrap();
    assert_eq!(store.get("n").unwrap(), r#"[null,"null",1.5]"#);
}

#[tokio::test(start_paused = true)]
async fn a_value_that_expires_is_gone_after_its_time() {
    let kv = FakeStore::new().client().kv();
    kv.expiring(Duration::from_millis(1500)).set("code", &7).await.unwrap();
    tokio::time::advance(Duration::from_millis(1999)).await;
    assert_eq!(kv.get("code").await, Ok(Some(7)));
    tokio::time::advance(Duration::from_millis(1)).await;
    assert_eq!(kv.get::<i32>("code").await, Ok(None));
}

#[tokio::test]
async fn only_who_knows_the_value_changes_or_deletes_it() {
    let kv = FakeStore::new().client().kv();
    assert_eq!(kv.set_if_absent("k", &1).await, Ok(true));
    assert_eq!(kv.set_if_absent("k", &2).await, Ok(false));
    assert_eq!(kv.compare_and_set("k", &2, &3).await, Ok(false));
    assert_eq!(kv.compare_and_set("k", &1, &3).await, Ok(true));
    assert_eq!(kv.compare_and_delete("k", &1).await, Ok(false));
    assert_eq!(kv.get("k").await, Ok(Some(3)));
    assert_eq!(kv.compare_and_delete("k", &3).await, Ok(true));
    assert_eq!(kv.get::<i32>("k").await, Ok(None));
}

#[tokio::test]
async fn a_key_that_the_server_would_refuse_is_not_sent() {
    let store = FakeStore::new();
    let kv = store.client().kv();
    let long = "k".repeat(151);
    for key in ["", "mmi_botid", &long] {
        assert!(matches!(kv.get::<u8>(key).await, Err(KvError::Key { .. })), "get {key}");
        assert!(matches!(kv.set(key, &1).await, Err(KvError::Key { .. })), "set {key}");
        assert!(matches!(kv.delete(key).await, Err(KvError::Key { .. })), "delete {key}");
        let updated = kv.update(key, |_: Option<u8>| 1).await;
        assert!(matches!(updated, Err(KvError::Key { .. })), "update {key}");
        let removed = kv.compare_and_delete(key, &1).await;
        assert!(matches!(removed, Err(KvError::Key { .. })), "compare_and_delete {key}");
    }
    assert!(store.calls.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_storm_of_64_tasks_on_one_key_loses_no_update() {
    let store = FakeStore::new();
    let tasks = (0..64).map(|_| {
        let kv = store.client().kv();
        tokio::spawn(async move { kv.update("count", |n: Option<u32>| n.unwrap_or(0) + 1).await })
    });
    let ended = futures::future::join_all(tasks).await;
    let mut seen: Vec<u32> = ended.into_iter().map(|task| task.unwrap().unwrap()).collect();
    seen.sort_unstable();
    assert_eq!(seen, (1..=64).collect::<Vec<_>>(), "each sees the count that it made");
    assert_eq!(store.client().kv().get("count").await, Ok(Some(64)));
    let writes = store.calls.lock().unwrap().iter().filter(|call| **call != "KVGet").count();
    assert!(writes > 65, "there was a storm at all: {writes} writes");
}

#[tokio::test(start_paused = true)]
async fn an_update_that_others_always_overtake_ends_with_the_handlers_time() {
    let store = FakeStore::new();
    let deadline = Instant::now() + Duration::from_secs(3);
    let transport = std::sync::Arc::clone(&store);
    let kv = Client::new(transport, Some(deadline)).kv();
    let overtaken = kv.update("count", |n: Option<u32>| {
        store.put("count", (n.unwrap_or(0) + 1).to_string(), 0);
        0
    });
    let error = overtaken.await.unwrap_err();
    assert!(matches!(error, KvError::Contention { attempts: 10.., .. }), "{error}");
    assert_eq!(ErrorKind::of(&error.into()), ErrorKind::Late);
    assert!(Instant::now() <= deadline);
}

#[tokio::test]
async fn a_change_that_fails_leaves_the_value_and_none_deletes_it() {
    let store = FakeStore::new();
    let kv = store.client().kv();
    kv.set("k", &1).await.unwrap();
    let failed: crate::Result<_> =
        kv.try_update("k", |_: Option<u8>| Err(anyhow::anyhow!("no"))).await;
    assert_eq!(failed.unwrap_err().to_string(), "no");
    assert_eq!(kv.get("k").await, Ok(Some(1)));
    let deleted = kv.try_update("k", |_: Option<u8>| Ok::<_, KvError>(None)).await;
    assert_eq!(deleted, Ok(None));
    assert_eq!(store.get("k"), None);
}

#[tokio::test]
async fn a_write_of_which_nobody_knows_whether_it_was_done_is_not_done_again() {
    let store = FakeStore::new();
    store.fail("KVSetWithOptions", 1);
    let error = store.client().kv().update("k", |_: Option<u8>| 1).await.unwrap_err();
    assert!(matches!(error, KvError::Api(ApiError::Transport { .. })), "{error}");
    assert_eq!(*store.calls.lock().unwrap(), ["KVGet", "KVSetWithOptions"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn all_keys_are_listed_once_whatever_their_number(
        plain in 0..2100_u32,
        drafts in 0..50_u32,
    ) {
        let store = FakeStore::new();
        let mut expected: Vec<String> = (0..plain).map(|n| format!("key_{n:05}")).collect();
        let with_prefix: Vec<String> = (0..drafts).map(|n| format!("draft_{n:05}")).collect();
        expected.splice(0..0, with_prefix.iter().cloned());
        for key in expected.iter().map(String::as_str).chain(["mmi_botid"]) {
            store.put(key, "1", 0);
        }
        let kv = store.client().kv();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let listed: Vec<String> = runtime.block_on(kv.keys().all()).unwrap();
        prop_assert_eq!(listed, expected);
        let listed = kv.keys_with_prefix("draft_").all();
        prop_assert_eq!(runtime.block_on(listed).unwrap(), with_prefix);
    }
}

#[tokio::test(start_paused = true)]
async fn listing_ends_at_the_first_error() {
    let store = FakeStore::new();
    store.put("k", "1", 0);
    store.fail("KVList", u32::MAX);
    let mut keys = store.client().kv().keys();
    let listed = keys.next().await;
    assert!(matches!(listed, Some(Err(KvError::Api(ApiError::Transport { .. })))));
    assert!(keys.next().await.is_none());
}
