//! Messages of unary hooks that are as large as they may be.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use bytes::Bytes;
use hookwright_proto::mattermost::MessageWillBePostedResponse;
use hookwright_tests::ask::{a_post, command, log_in, post};
use hookwright_tests::usage::Tasks;
use hookwright_tests::{Plugin, raw};
use prost::Message as _;
use tonic::Code;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture-http");
/// The largest message of the contract, either way.
const LARGEST: usize = 64 * 1024 * 1024;

/// The bytes of a request that both plugins rewrite into a reply of this size.
fn request_for_reply_of(size: usize) -> (Bytes, MessageWillBePostedResponse) {
    let reply = |letters: usize| {
        let message = format!("rewrite {} by trouble and second", "x".repeat(letters));
        MessageWillBePostedResponse {
            modified_post: Some(a_post(&message)),
            ..MessageWillBePostedResponse::default()
        }
    };
    let room = size - 100;
    let reply = reply(room + size - reply(room).encoded_len());
    assert_eq!(reply.encoded_len(), size);
    let message = &reply.modified_post.as_ref().unwrap().message;
    let message = message.strip_suffix(" by trouble and second").unwrap();
    (post(message).encode_to_vec().into(), reply)
}

#[tokio::test]
async fn a_reply_as_large_as_allowed_passes_and_a_byte_more_does_not() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let channel = plugin.connect().await;
    let tasks = Tasks::idle(&plugin).await;

    let (request, expected) = request_for_reply_of(LARGEST);
    let reply = raw::call(&channel, "MessageWillBePosted", request).await.unwrap();
    assert_eq!(reply.len(), LARGEST);
    assert!(MessageWillBePostedResponse::decode(reply).unwrap() == expected, "other bytes");

    let (request, _) = request_for_reply_of(LARGEST + 1);
    let status = raw::call(&channel, "MessageWillBePosted", request).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
    let expected = "the reply has 67108865 bytes, and 67108864 is the most";
    assert!(status.message().ends_with(expected), "{status:?}");

    tasks.assert_idle("large replies").await;
    plugin.assert_serves().await;
}

#[tokio::test]
async fn a_request_that_is_too_large_is_refused_where_failing_means_refusing() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;
    let name = "x".repeat(LARGEST);

    // A gate that is closed, and a filter that is open.
    let refused = hooks.user_will_log_in(log_in(&name)).await.unwrap().into_inner();
    assert_eq!(
        refused.rejection_reason,
        "A plugin could not check this: the request has more than 67108864 bytes, which is the most."
    );
    let error = hooks.execute_command(command(&name)).await.unwrap().into_inner().error.unwrap();
    assert_eq!(error.status_code, 429);
    let status = hooks.message_will_be_posted(post(&name)).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert!(status.message().starts_with("MessageWillBePosted: the request has"), "{status:?}");
    plugin.logged(&["the request has more than", "UserWillLogIn", "com.example.trouble"]).await;
    plugin.assert_serves().await;
}

#[tokio::test]
async fn large_messages_do_not_add_up() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let channel = plugin.connect().await;
    let (request, _) = request_for_reply_of(LARGEST);
    let call = async || raw::call(&channel, "MessageWillBePosted", request.clone()).await.unwrap();

    call().await;
    call().await;
    let after_two = plugin.peak_memory();
    for _ in 0..6 {
        call().await;
    }

    plugin.assert_memory(after_two, 64 * 1024 * 1024);
}
