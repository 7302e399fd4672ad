//! A request to another plugin over net/rpc: with streams where the server has them, and whole where it
//! is older.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

use std::sync::{Arc, Mutex};

use hookwright_gob::{Schema, Type, Value};
use hookwright_netrpc::{Answer, Request, Service, Session, Stream, serve};
use hookwright_tests::netrpc::{NetRpcHost, Typed, call, nothing, structure, texts};
use hookwright_tests::{Plugin, hosted};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");

/// A server of one version or another.
struct Server {
    session: Session,
    how: How,
    called: Mutex<Vec<String>>,
}

#[derive(Clone, Copy, PartialEq)]
enum How {
    Older,
    Streams,
    BreaksOff,
}

fn number(value: &Value, name: &str) -> u64 {
    value.get(name).and_then(Value::as_u64).unwrap_or(0)
}

fn head() -> [(&'static str, Typed); 2] {
    let schema = Schema::new();
    let header = schema.map(&Type::STRING, &schema.slice(&Type::STRING));
    let values = Value::List(vec!["by the other".into()]);
    let fields = Value::Map(vec![("X-Answered".into(), values)]);
    [("StatusCode", (Type::INT, Value::Int(201))), ("Header", (header, fields))]
}

impl Server {
    async fn dial(&self, id: u64) -> Stream {
        let id = u32::try_from(id).unwrap().to_le_bytes();
        let (mut stream, _) = self.session.open(&id).await.unwrap();
        let mut echo = [0; 4];
        stream.read_exact(&mut echo).await.unwrap();
        assert_eq!(echo, id);
        stream
    }

    async fn answer(&self, argument: &Value) -> Answer {
        let mut response = self.dial(number(argument, "ResponseBodyStream")).await;
        if self.how == How::BreaksOff {
            response.write_all(b"half").await.unwrap();
            drop(response);
            return Ok(structure(head().into()));
        }
        let mut body = self.dial(number(argument, "RequestBodyStream")).await;
        let mut content = Vec::new();
        // 64 KiB, as a number with a sign.
        body.write_all(&[0x80, 0x80, 0x08]).await.unwrap();
        body.read_to_end(&mut content).await.unwrap();
        // The body may come long after the head.
        tokio::spawn(async move {
            response.write_all(b"streamed: ").await.unwrap();
            response.write_all(&content).await.unwrap();
            response.close().await;
        });
        Ok(structure(head().into()))
    }
}

impl Service for Server {
    async fn call(self: Arc<Self>, _service: &str, method: &str, request: Request) -> Answer {
        if method.starts_with("PluginHTTP") {
            self.called.lock().unwrap().push(method.to_owned());
        }
        match (method, &request.argument) {
            ("PluginHTTPStream", Ok(argument)) if self.how != How::Older => {
                self.answer(&argument.value).await
            }
            ("PluginHTTP", Ok(argument)) => {
                let body = argument.value.get("RequestBody").and_then(Value::as_bytes).unwrap();
                let body = [b"whole: ", body].concat();
                let body = (Type::BYTES, Value::Bytes(body.into()));
                Ok(structure(vec![("Response", structure(head().into())), ("ResponseBody", body)]))
            }
            ("PluginHTTPStream", _) => request.unknown_method(),
            _ => Ok(nothing()),
        }
    }
}

/// What the plugin says came of its requests, and which methods it called for that.
async fn asked<const N: usize>(how: How, bodies: [&str; N]) -> ([String; N], Vec<String>) {
    let mut command = hosted(FIXTURE);
    command.env("HOOKWRIGHT_PROTOCOL", "netrpc");
    let plugin = Plugin::start(command).await;
    let mut host = NetRpcHost::connect(&plugin).await;
    let hooks = host.hooks().await;
    let called = Mutex::default();
    let server = Arc::new(Server { session: host.session.clone(), how, called });
    let id = |id| (Type::UINT, Value::Uint(id));
    let ids = structure(vec![("APIMuxId", id(1)), ("DriverMuxId", id(2))]);
    let opened = async {
        let (_, api) = host.accept().await;
        tokio::spawn(serve(api, Arc::clone(&server)));
        host.accept().await.1
    };
    let (activated, _driver) = tokio::join!(call(&hooks, "Plugin.OnActivate", &ids), opened);
    assert_eq!(activated.unwrap().value.get("A"), None);
    // What the plugin accepts arrives at its own side of the session.
    let answers = bodies.map(|body| {
        let arguments =
            texts("CommandArgs", &[("Command", &format!("ask another plugin: {body}"))]);
        let (hooks, asked) = (hooks.clone(), structure(vec![("B", arguments)]));
        async move {
            let reply = call(&hooks, "Plugin.ExecuteCommand", &asked).await.unwrap().value;
            let text = |of: &str, field| {
                let value = reply.get(of).and_then(|of| of.get(field));
                value.and_then(Value::as_str).unwrap_or_default().into_owned()
            };
            text("A", "Text") + &text("B", "Message")
        }
    });
    let mut texts = Vec::new();
    for answer in answers {
        texts.push(answer.await);
    }
    let called = server.called.lock().unwrap().clone();
    (texts.try_into().unwrap(), called)
}

#[tokio::test]
async fn both_bodies_are_streams_where_the_server_has_them() {
    let large = "x".repeat(60_000);
    let (answers, called) = asked(How::Streams, ["body", &large]).await;
    assert_eq!(answers[0], "201 by the other streamed: body");
    assert_eq!(answers[1], format!("201 by the other streamed: {large}"));
    assert_eq!(called, ["PluginHTTPStream"; 2]);
}

#[tokio::test]
async fn an_older_server_is_asked_once_whether_it_has_streams_and_gets_requests_whole() {
    let (answers, called) = asked(How::Older, ["one", "two"]).await;
    assert_eq!(answers, ["201 by the other whole: one", "201 by the other whole: two"]);
    assert_eq!(called, ["PluginHTTPStream", "PluginHTTP", "PluginHTTP"]);
}

#[tokio::test]
async fn a_response_that_breaks_off_is_an_error_and_the_next_request_is_made() {
    let (answers, called) = asked(How::BreaksOff, ["one", "two"]).await;
    for answer in answers {
        assert!(answer.contains("the response broke off"), "{answer}");
    }
    assert_eq!(called, ["PluginHTTPStream"; 2]);
}
