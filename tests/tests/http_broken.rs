//! Requests through `ServeHTTP` that no sane client sends. Each is answered clearly, disturbs nobody
//! on the same connection, and leaves nothing behind.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests may fail like tests"
)]

use hookwright_proto::mattermost::{HttpHeader, ServeHttpRequest, ServeHttpRequestInit};
use hookwright_tests::usage::Tasks;
use hookwright_tests::web::{ask, chunk, complete, fetch, first, get, init};
use hookwright_tests::{Plugin, raw};
use prost::Message as _;
use tonic::Code;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture-http");
const MIB: usize = 1024 * 1024;

fn with(init: ServeHttpRequestInit) -> ServeHttpRequest {
    ServeHttpRequest { init: Some(init), ..ServeHttpRequest::default() }
}

fn header(key: impl Into<String>, value: &str) -> HttpHeader {
    HttpHeader { key: key.into(), values: vec![value.into()] }
}

fn with_header(key: impl Into<String>, value: &str) -> ServeHttpRequest {
    with(ServeHttpRequestInit { headers: vec![header(key, value)], ..init("POST", "/checksum") })
}

#[tokio::test]
async fn what_is_not_http_is_a_bad_request_and_the_log_says_what_is_wrong() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let hooks = plugin.hooks().await;
    let tasks = Tasks::idle(&plugin).await;
    let long = "x".repeat(MIB);
    let many = (0..100_000).map(|number| header(format!("X-{number}"), "1")).collect();

    for (what, request, fault) in [
        ("no method", with(init("", "/checksum")), "the method is \\\"\\\""),
        ("a method with a space", with(init("PO ST", "/checksum")), "the method is \\\"PO ST"),
        ("a method with a newline", with(init("GET\n", "/checksum")), "the method is \\\"GET"),
        ("a URL that is a word", with(init("POST", "checksum")), "the URL has no path"),
        ("a URL that is a star", with(init("OPTIONS", "*")), "the URL has no path"),
        ("a URL without a root", with(init("POST", "a/checksum")), "the URL cannot be read"),
        ("a URL with half a host", with(init("POST", "http://[")), "the URL cannot be read"),
        ("a URL of a MiB", with(init("POST", &format!("/{long}"))), "the URL cannot be read"),
        ("a header without a name", with_header("", "1"), "a header is called \\\"\\\""),
        ("a name with a space", with_header("a b", "1"), "a header is called \\\"a b"),
        ("a name that is not ASCII", with_header("ü", "1"), "a header is called \\\"ü"),
        ("a name of a MiB", with_header(&long, "1"), "a header is called \\\"xxx"),
        ("a value with a newline", with_header("X-N", "a\nb"), "`x-n` has invalid bytes"),
        ("a value with a NUL", with_header("X-0", "a\0b"), "`x-0` has invalid bytes"),
        (
            "100,000 headers",
            with(ServeHttpRequestInit { headers: many, ..init("POST", "/checksum") }),
            "there are more headers than",
        ),
    ] {
        let (status, _, body) = ask(&hooks, [request, chunk("abc"), complete()]).await.unwrap();
        assert_eq!((status, body.as_str()), (400, "Bad Request"), "{what}");
        let line = plugin.logged(&["a request is not HTTP", fault]).await;
        assert!(line.len() < 1000, "{what}: the log is flooded");
        assert_eq!(fetch(&hooks, "GET", "/cookies").await.0, 799, "{what}: it serves on");
    }
    tasks.assert_idle("requests that are not HTTP").await;
    plugin.assert_serves().await;
}

#[tokio::test]
async fn what_http_allows_is_served_however_odd() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let hooks = plugin.hooks().await;

    // The plugin's own path, without a slash at its end.
    for url in ["", "?a=1", "/", "/?a=1", "http://chat.example.com"] {
        assert_eq!(get(&hooks, url).await, "the root", "{url:?}");
    }
    assert_eq!(fetch(&hooks, "x-own-method", "/").await.0, 200);
    // Far more than any server in front of us lets through. (There are `Accept` and `Host` as well.)
    let values = vec!["v".to_owned(); 100_000];
    let mut one_name = init("GET", "/headers");
    one_name.headers.push(HttpHeader { key: "X-Many".into(), values });
    let (_, _, body) = ask(&hooks, [with(one_name), complete()]).await.unwrap();
    assert_eq!(body, "3 names, 100003 values");
    let mut names = init("GET", "/headers");
    names.headers.extend((0..20_000).map(|number| header(format!("X-{number}"), "1")));
    let (_, _, body) = ask(&hooks, [with(names), complete()]).await.unwrap();
    assert_eq!(body, "20002 names, 20003 values");
}

#[tokio::test]
async fn a_body_that_is_not_as_long_as_was_said_is_an_error_of_its_reader() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let hooks = plugin.hooks().await;
    let tasks = Tasks::idle(&plugin).await;
    let three = "3 bytes, crc32 352441c2";

    for (length, status, text) in [
        (3, 200, three),
        // Not known; a request that another plugin made has 0 for that.
        (0, 200, three),
        (-1, 200, three),
        (-5, 200, three),
        (i64::MIN, 200, three),
        (2, 400, "the body is longer than its Content-Length"),
        (4, 400, "the body is 1 bytes shorter than its Content-Length"),
        (i64::MAX, 400, "the body is 9223372036854775804 bytes shorter than its Content-Length"),
    ] {
        let head = ServeHttpRequestInit { content_length: length, ..init("POST", "/checksum") };
        let whole = ServeHttpRequest {
            init: Some(head.clone()),
            body_chunk: "abc".into(),
            body_complete: true,
        };
        let last = ServeHttpRequest { body_complete: true, ..chunk("c") };
        for answer in [
            ask(&hooks, [whole]).await,
            ask(&hooks, [with(head.clone()), chunk("abc"), complete()]).await,
            ask(&hooks, [with(head), chunk("ab"), last]).await,
        ] {
            let (got, _, body) = answer.unwrap();
            assert_eq!((got, body.as_str()), (status, text), "{length}");
        }
    }
    tasks.assert_idle("bodies of wrong lengths").await;
}

#[tokio::test]
async fn a_chunk_may_be_as_large_as_a_message_and_no_larger() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let hooks = plugin.hooks().await;
    let tasks = Tasks::idle(&plugin).await;
    let of = |mib: usize| vec![7; mib * MIB];

    let request = [first("POST", "/checksum"), chunk(of(63)), complete()];
    let (status, _, body) = ask(&hooks, request).await.unwrap();
    assert_eq!((status, body.split(',').next()), (200, Some("66060288 bytes")));

    // While the handler reads it is told to it.
    let request = [first("POST", "/checksum"), chunk(of(65)), complete()];
    let (status, _, body) = ask(&hooks, request).await.unwrap();
    assert_eq!(status, 400);
    assert!(body.contains("message length too large"), "{body}");

    // Before there is a handler the host is told.
    let request = ServeHttpRequest { body_chunk: of(65).into(), ..first("POST", "/checksum") };
    let status = ask(&hooks, [request, complete()]).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");

    tasks.assert_idle("chunks that are too large").await;
    plugin.assert_serves().await;
}

#[tokio::test]
async fn a_first_message_that_is_not_one_is_an_invalid_argument() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let channel = plugin.connect().await;
    let tasks = Tasks::idle(&plugin).await;
    let whole = first("GET", "/cookies").encode_to_vec();

    let cut = (1..whole.len()).step_by(11).map(|end| whole[..end].to_vec());
    let garbage = [
        // A field of a wrong type, an endless number, a header's value that is not UTF-8.
        b"\x08\x01".to_vec(),
        vec![0xff; 11],
        b"\x0a\x07\x3a\x05\x0a\x00\x12\x01\xff".to_vec(),
    ];
    for body in cut.chain(garbage) {
        let status = raw::call(&channel, "ServeHTTP", body.clone().into()).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{body:?}: {status:?}");
        assert!(status.message().starts_with("ServeHTTP: a message: "), "{status:?}");
    }
    tasks.assert_idle("first messages that are none").await;
    plugin.assert_serves().await;
}
