//! The body of a request over net/rpc, and where it ends.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use hookwright_gob::{Marshaler, Schema, Type, Value};
use hookwright_netrpc::{Answer, Request, Service, Stream, serve};
use hookwright_tests::PATIENCE;
use hookwright_tests::netrpc::{NetRpcHost, Typed, call, start, structure, texts};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture-http");
const WRITER: u32 = 11;
const BODY: u32 = 12;

/// What a response was written as.
#[derive(Default)]
struct Writer {
    written: Mutex<(i64, Vec<u8>)>,
}

impl Service for Writer {
    async fn call(self: Arc<Self>, _service: &str, method: &str, request: Request) -> Answer {
        let argument = request.argument.map_err(|error| error.to_string())?.value;
        let mut written = self.written.lock().unwrap();
        match method {
            "WriteHeader" => written.0 = argument.as_i64().unwrap(),
            "Write" => written.1.extend_from_slice(argument.as_bytes().unwrap()),
            _ => {}
        }
        Ok(match method {
            "Header" => header(&[]),
            _ => structure(vec![]),
        })
    }
}

fn header(pairs: &[(&str, &str)]) -> Typed {
    let schema = Schema::new();
    let pair = |(name, value): &(&str, &str)| ((*name).into(), Value::List(vec![(*value).into()]));
    let ty = schema.map(&Type::STRING, &schema.slice(&Type::STRING));
    (ty, Value::Map(pairs.iter().map(pair).collect()))
}

fn request(method: &str, path: &str, headers: &[(&str, &str)]) -> Typed {
    let id = |id: u32| (Type::UINT, Value::Uint(id.into()));
    let url = Schema::new().opaque("URL", Marshaler::Binary);
    let request = structure(vec![
        ("Method", (Type::STRING, method.into())),
        ("URL", (url, Value::Opaque(Bytes::copy_from_slice(path.as_bytes())))),
        ("Header", header(headers)),
        ("RequestURI", (Type::STRING, path.into())),
    ]);
    structure(vec![
        ("ResponseWriterStream", id(WRITER)),
        ("Request", request),
        ("Context", texts("Context", &[])),
        ("RequestBodyStream", id(BODY)),
    ])
}

/// Sends so much of a body that is said to be of a length; the answer.
async fn count(length: &str, sent: u8, is_reset: bool) -> (i64, String) {
    ask(request("POST", "/count", &[("Content-Length", length)]), sent, is_reset).await
}

/// Sends a request with so much of a body; the answer.
async fn ask(request: Typed, sent: u8, is_reset: bool) -> (i64, String) {
    let plugin = start(FIXTURE, &[]).await;
    let mut host = NetRpcHost::connect(&plugin).await;
    let hooks = host.hooks().await;
    let answer = tokio::spawn(async move { call(&hooks, "Plugin.ServeHTTP", &request).await });
    let writer = Arc::<Writer>::default();
    for _ in 0..2 {
        match host.accept().await {
            (WRITER, stream) => drop(tokio::spawn(serve(stream, Arc::clone(&writer)))),
            (BODY, stream) => drop(tokio::spawn(give(stream, sent, is_reset))),
            (other, _) => panic!("the plugin dialed {other}"),
        }
    }
    answer.await.unwrap().unwrap();
    let written = writer.written.lock().unwrap();
    (written.0, String::from_utf8_lossy(&written.1).into_owned())
}

/// Waits to be asked, sends the pattern that is expected, and ends it.
async fn give(mut body: Stream, length: u8, is_reset: bool) {
    timeout(PATIENCE, body.read_exact(&mut [0; 3])).await.unwrap().unwrap();
    body.write_all(&(0..length).collect::<Vec<_>>()).await.unwrap();
    if !is_reset {
        body.close().await;
    }
}

#[tokio::test]
async fn a_body_that_ends_before_its_length_is_an_error_and_not_a_shorter_body() {
    let (status, text) = count("100", 40, false).await;
    assert_eq!((status, &*text), (400, "the body is 60 bytes shorter than its Content-Length"));
    let (status, text) = count("100", 40, true).await;
    assert_eq!(status, 400, "{text}");
}

#[tokio::test]
async fn a_body_of_its_length_or_of_none_that_is_known_is_whole() {
    assert_eq!(count("100", 100, false).await, (200, "100".to_owned()));
    assert_eq!(count("0", 40, false).await, (200, "40".to_owned()));
    assert_eq!(count("", 40, false).await, (200, "40".to_owned()));
}

#[tokio::test]
async fn a_request_with_a_body_that_asks_for_another_protocol_is_answered_in_this_one() {
    // As curl asks for HTTP/2 with any request that it sends.
    let headers = [
        ("Connection", "Upgrade, HTTP2-Settings"),
        ("Upgrade", "h2c"),
        ("Http2-Settings", "AAMAAABkAAQCAAAAAAIAAAAA"),
        ("Content-Length", "40"),
    ];
    let (status, echo) = ask(request("GET", "/echo", &headers), 40, false).await;
    assert_eq!((status, echo.len()), (200, 40));
}
