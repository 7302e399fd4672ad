//! What becomes of a call when the server, or the way to it, fails: a typed error each, and nothing
//! is done twice.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

use std::time::Duration;

use hookwright::ApiError;
use hookwright::api::{Client, LARGEST_REQUEST};
use hookwright::proto::{GetFileResponse, GetServerVersionResponse, KvGetResponse, Post};
use hookwright_tests::PATIENCE;
use hookwright_tests::server::{Answer, Server, client_of};
use prost::Message as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// What the runtime receives at most.
const LARGEST_REPLY: usize = 64 * 1024 * 1024;

/// A port that was free a moment ago.
async fn nobody() -> String {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().to_string()
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_sent() {
    let address = nobody().await;
    let api = client_of(&address);
    for error in [
        api.get_server_version().await.unwrap_err(),
        api.create_post(Post::default()).await.unwrap_err(),
    ] {
        let text = error.to_string();
        assert!(matches!(error, ApiError::Unreachable { .. }), "{error:?}");
        assert!(error.is_transport() && error.is_unsent() && !error.is_deadline());
        assert!(text.contains(&address) && text.contains("nothing was sent"), "{text}");
    }
}

#[tokio::test]
async fn a_server_that_is_busy_for_a_moment_is_asked_again_only_for_what_reads() {
    let reply = GetServerVersionResponse { error: None, version: "10.0.0".to_owned() };
    let busy = Answer::After(2, reply.encode_to_vec().into());
    let server = Server::start([("GetServerVersion", busy.clone()), ("KVSet", busy)]).await;
    let api = server.client();

    assert_eq!(api.get_server_version().await.unwrap(), "10.0.0");
    assert_eq!(server.called(), ["GetServerVersion"; 3]);

    let error = api.kv_set("key", "value").await.unwrap_err();
    assert!(matches!(error, ApiError::Transport { code: "UNAVAILABLE", .. }), "{error:?}");
    assert!(!error.is_unsent());
    assert_eq!(server.called()[3..], ["KVSet"]);
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_given_up_when_the_time_is_up() {
    let server = Server::start([("GetServerVersion", Answer::Never)]).await;
    let time = Duration::from_millis(200);

    let error = server.client().with_timeout(time).get_server_version().await.unwrap_err();

    assert!(error.is_deadline() && error.is_transport() && !error.is_unsent(), "{error:?}");
    assert_eq!(server.called(), ["GetServerVersion"]);
}

#[tokio::test]
async fn a_target_that_speaks_another_protocol_is_an_error_that_names_it() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let answer = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
            let _ = socket.read(&mut [0; 64]).await;
            let _ = socket.write_all(answer).await;
        }
    });

    let error = in_time(client_of(&address)).await;

    assert!(
        matches!(error, ApiError::Transport { .. } | ApiError::Unreachable { .. }),
        "{error:?}"
    );
    assert!(error.to_string().contains(&address), "{error}");
}

#[tokio::test]
async fn a_grpc_server_without_the_api_is_an_error_that_says_so() {
    let server = Server::start([]).await;

    let error = in_time(server.client()).await;

    assert!(error.is_unimplemented(), "{error:?}");
    assert_eq!(server.called(), ["GetServerVersion"]);
}

async fn in_time(api: Client) -> ApiError {
    tokio::time::timeout(PATIENCE, api.get_server_version()).await.unwrap().unwrap_err()
}

#[tokio::test]
async fn a_request_beyond_the_servers_limit_is_refused_before_it_is_sent() {
    let server = Server::start([("KVSet", Answer::Reply(Vec::new().into()))]).await;
    let api = server.client();
    // What is beside the value: the key, and the lengths of both.
    let around = 3 + 2 + 4;

    api.kv_set("key", vec![0; LARGEST_REQUEST - around - 1]).await.unwrap();
    let error = api.kv_set("key", vec![0; LARGEST_REQUEST]).await.unwrap_err();

    let size = LARGEST_REQUEST + around + 1;
    let expected = ApiError::RequestTooLarge { method: "KVSet", size, limit: LARGEST_REQUEST };
    assert_eq!(error, expected);
    assert!(error.is_too_large() && error.is_unsent() && !error.is_transport());
    let told = format!("KVSet: the request has {size} bytes, and the server takes 4194304 at most");
    assert_eq!(error.to_string(), told);
    // Only of a file there is anything to say about what else to do.
    let error = api.upload_file(vec![0; LARGEST_REQUEST], "c", "plan.pdf").await.unwrap_err();
    assert!(matches!(error, ApiError::RequestTooLarge { method: "UploadFile", .. }), "{error:?}");
    assert!(error.to_string().contains("REST API (/api/v4/uploads)"), "{error}");
    let requests = server.take_requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].1.len(), LARGEST_REQUEST);
}

#[tokio::test]
async fn a_reply_beyond_the_limit_is_an_error_that_names_the_limit() {
    let file =
        |size: usize| Answer::reply(&GetFileResponse { error: None, data: vec![0; size].into() });
    let server = Server::start([("GetFile", file(LARGEST_REPLY - 5))]).await;
    let api = server.client();

    assert_eq!(api.get_file("id").await.unwrap().len(), LARGEST_REPLY - 5);
    server.answer("GetFile", file(LARGEST_REPLY));
    let error = api.get_file("id").await.unwrap_err();

    let ApiError::ReplyTooLarge { method: "GetFile", limit: LARGEST_REPLY, .. } = error else {
        panic!("{error:?}");
    };
    assert!(error.is_too_large() && !error.is_unsent());
    assert!(error.to_string().contains("67108864"), "{error}");
    assert_eq!(server.called(), ["GetFile"; 2], "it is not asked for again");
}

#[tokio::test]
async fn bytes_may_be_anything_and_a_text_that_is_not_utf8_makes_a_bad_reply() {
    let value = KvGetResponse { error: None, value: vec![0xff, 0x00, 0xc3].into() };
    // Field 2, of two bytes that no text has.
    let text = Answer::Reply(vec![0x12, 2, 0xff, 0xfe].into());
    let server =
        Server::start([("KVGet", Answer::reply(&value)), ("GetServerVersion", text)]).await;
    let api = server.client();

    assert_eq!(api.kv_get("key").await.unwrap(), value.value);
    let error = api.get_server_version().await.unwrap_err();

    let ApiError::BadReply { method: "GetServerVersion", fault } = &error else {
        panic!("{error:?}");
    };
    assert!(fault.contains("UTF-8"), "{fault}");
    assert_eq!(server.called(), ["KVGet", "GetServerVersion"]);
}
