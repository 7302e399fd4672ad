//! Bytes that are not as they should be, and callers that leave halfway.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use bytes::Bytes;
use hookwright_proto::mattermost::MessageWillBePostedRequest;
use hookwright_proto::mattermost::plugin_hooks_client::PluginHooksClient;
use hookwright_tests::ask::{a_post, created, post};
use hookwright_tests::{Plugin, raw};
use http_body_util::Full;
use prost::Message as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tonic::body::Body;
use tonic::transport::Endpoint;
use tonic::{Code, Status};
use tower::{Service as _, ServiceExt as _};

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");

/// The largest message of the contract, either way.
const LARGEST: usize = 64 * 1024 * 1024;
const MIB: usize = 1024 * 1024;

#[tokio::test]
async fn a_body_that_is_cut_short_or_garbage_is_invalid_and_the_hook_is_named() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let channel = plugin.connect().await;
    let whole = Bytes::from(post("a post that is long enough to be cut").encode_to_vec());

    let cut = (1..whole.len()).step_by(7).map(|end| whole.slice(..end));
    let garbage = [
        // A field of a wrong type, a field without a number, an endless number, a length beyond the
        // end, text that is not UTF-8.
        &b"\x18\x01"[..],
        b"\x00\x00",
        b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x1a\xff\xff\xff\x7f",
        b"\x1a\x03\x0a\x01\xff",
    ];
    for body in cut.chain(garbage.map(Bytes::from_static)) {
        let status = raw::call(&channel, "MessageWillBePosted", body.clone()).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{body:?}: {status:?}");
        let text = status.message();
        let expected = "MessageWillBePosted: the body is not a request of this hook: ";
        assert!(text.starts_with(expected), "{text}");
    }
    plugin.assert_serves().await;
}

#[tokio::test]
async fn a_request_that_cannot_be_read_is_refused_where_failing_means_refusing() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let channel = plugin.connect().await;

    // As of properties that a stranger has nested too deep: the host means it well.
    let reply =
        raw::call(&channel, "UserWillLogIn", Bytes::from_static(b"\x0a\x7f")).await.unwrap();

    let reply = hookwright_proto::mattermost::UserWillLogInResponse::decode(reply).unwrap();
    let expected = "A plugin could not check this: it cannot be read; the plugin's log says why.";
    assert_eq!(reply.rejection_reason, expected);
    plugin.logged(&["the body is not a request of this hook", "UserWillLogIn"]).await;
}

#[tokio::test]
async fn a_frame_that_is_not_one_ends_its_own_call_alone() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let channel = plugin.connect().await;

    for (frame, code) in [
        // No frame at all, half a head, 100 bytes promised and three sent, one flagged as
        // compressed, a flag that does not exist, and more than there may ever be.
        (&b""[..], Code::Internal),
        (b"\0\0\0", Code::Internal),
        (b"\0\0\0\0\x64abc", Code::Internal),
        (b"\x01\0\0\0\x03abc", Code::Internal),
        (b"\x07\0\0\0\x03abc", Code::Internal),
        (b"\0\xff\xff\xff\xffabc", Code::ResourceExhausted),
    ] {
        let uri = format!("http://{}/{}/MessageWillBePosted", plugin.address(), raw::HOOKS);
        let request = http::Request::post(uri)
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(Body::new(Full::new(Bytes::from_static(frame))))
            .unwrap();
        let response = channel.clone().ready().await.unwrap().call(request).await.unwrap();
        let status = Status::from_header_map(response.headers()).unwrap();
        assert_eq!(status.code(), code, "{frame:?}: {status:?}");
        plugin.assert_serves().await;
    }
}

#[tokio::test]
async fn fields_of_a_later_contract_are_passed_over() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let channel = plugin.connect().await;
    let mut body = post("reject").encode_to_vec();
    // Field 1000, a text.
    body.extend(b"\xc2\x3e\x05later");

    let reply = raw::call(&channel, "MessageWillBePosted", body.into()).await.unwrap();

    let reply = hookwright_proto::mattermost::MessageWillBePostedResponse::decode(reply).unwrap();
    assert_eq!(reply.rejection_reason, "Please mind your language.");
}

#[tokio::test]
async fn a_request_as_large_as_allowed_passes_and_a_byte_more_does_not() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let channel = plugin.connect().await;

    let reply = raw::call(&channel, "MessageWillBePosted", request_of(LARGEST)).await.unwrap();
    assert_eq!(reply.len(), 0, "allowed");

    let answer = raw::call(&channel, "MessageWillBePosted", request_of(LARGEST + 1)).await;
    let status = answer.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
    plugin.assert_serves().await;
}

#[tokio::test]
async fn a_reply_above_the_limit_is_refused_and_one_below_passes() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;

    let status = hooks.message_will_be_posted(post("large")).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    let text = status.message();
    assert!(text.starts_with("MessageWillBePosted: the reply has "), "{text}");
    assert!(text.ends_with("bytes, and 67108864 is the most"), "{text}");

    let message = format!("rewrite {}", "x".repeat(63 * MIB));
    let reply = hooks.message_will_be_posted(post(&message)).await.unwrap().into_inner();
    let rewritten = reply.modified_post.unwrap().message;
    assert_eq!(rewritten.len(), message.len() + " by trouble and second".len());
    plugin.assert_serves().await;
}

#[tokio::test]
async fn a_connection_that_breaks_during_a_call_ends_the_call() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let between = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = between.local_addr().unwrap();
    let target = plugin.address().to_owned();
    let line = tokio::spawn(async move {
        let (mut caller, _) = between.accept().await.unwrap();
        let mut plugin = TcpStream::connect(target).await.unwrap();
        copy_bidirectional(&mut caller, &mut plugin).await
    });
    let call = tokio::spawn(async move {
        let channel = Endpoint::try_from(format!("http://{address}")).unwrap().connect().await;
        let request = created("block until cancelled");
        PluginHooksClient::new(channel.unwrap()).user_has_been_created(request).await
    });

    plugin.logged(&["begins to block", "user_has_been_created"]).await;
    line.abort();

    assert!(call.await.unwrap().is_err());
    plugin.logged(&["an abandoned handler has ended", "UserHasBeenCreated"]).await;
    plugin.assert_serves().await;
}

#[tokio::test]
async fn what_is_not_http2_or_ends_in_the_middle_of_it_disturbs_nobody() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    let mut half_a_call = preface.to_vec();
    // Headers on stream 1 that promise 255 bytes, and have three.
    half_a_call.extend(b"\0\0\xff\x01\x04\0\0\0\x01abc");
    let mut broken_headers = preface.to_vec();
    broken_headers.extend(b"\0\0\x04\x01\x04\0\0\0\x01\xff\xff\xff\xff");

    let mut kept_open = Vec::new();
    for bytes in [
        &b""[..],
        b"PRI * HTT",
        preface,
        &half_a_call,
        &broken_headers,
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        &[0xff; 4096],
        &[0; 4096],
    ] {
        let mut closed = TcpStream::connect(plugin.address()).await.unwrap();
        closed.write_all(bytes).await.unwrap();
        drop(closed);
        let mut open = TcpStream::connect(plugin.address()).await.unwrap();
        open.write_all(bytes).await.unwrap();
        kept_open.push(open);
        plugin.assert_serves().await;
    }

    // Those that can never become a call are hung up on.
    for mut broken in kept_open.drain(4..) {
        let mut rest = Vec::new();
        let read = tokio::time::timeout(hookwright_tests::PATIENCE, broken.read_to_end(&mut rest));
        // A reset is as good as an end.
        let _ = read.await.expect("the connection is closed");
    }
    plugin.assert_serves().await;
}

/// An encoded request of exactly this many bytes.
fn request_of(size: usize) -> Bytes {
    let message = "x".repeat(size - 100);
    let mut request =
        MessageWillBePostedRequest { post: Some(a_post(&message)), ..Default::default() };
    let missing = size - request.encoded_len();
    request.post.as_mut().unwrap().message.push_str(&"x".repeat(missing));
    assert_eq!(request.encoded_len(), size);
    request.encode_to_vec().into()
}
