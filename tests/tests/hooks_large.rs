//! Messages of unary hooks that are as large as they may be.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use bytes::Bytes;
use hookwright_proto::mattermost::MessageWillBePostedResponse;
use hookwright_tests::ask::{a_post, post};
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
