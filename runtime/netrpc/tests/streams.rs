//! Calls between two sides in Rust, over a connection in memory.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

use std::sync::Arc;
use std::time::Duration;

use hookwright_gob::{DecodeFault, Type, Value};
use hookwright_netrpc::{Answer, CallError, Client, MOST_DIALS, Request, Service, Session, serve};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::Notify;

/// Much longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Default)]
struct Echo {
    go_on: Notify,
}

impl Service for Echo {
    async fn call(self: Arc<Self>, service: &str, method: &str, request: Request) -> Answer {
        match (service, method) {
            ("Echo", "Say") => {
                let argument = request.argument.map_err(|error| error.to_string())?;
                Ok((argument.ty, argument.value))
            }
            ("Echo", "Wait") => {
                self.go_on.notified().await;
                Ok((Type::STRING, "waited".into()))
            }
            ("Echo", "Large") => Ok((Type::STRING, "x".repeat(64 << 20).into())),
            ("Echo", "Wrong") => Ok((Type::STRING, Value::Int(1))),
            ("Echo", "Panic") => panic!("as it was told"),
            ("Echo", "Fail") => Err("it failed".to_owned()),
            ("Echo", _) => request.unknown_method(),
            _ => request.unknown_service(),
        }
    }
}

/// A client, and the service that it calls.
async fn pair() -> (Client, Arc<Echo>, Session, Session) {
    let (near, far) = tokio::io::duplex(64 * 1024);
    let (plugin, mut streams) = Session::server(near);
    let (host, _) = Session::client(far);
    let echo = Arc::<Echo>::default();
    let service = Arc::clone(&echo);
    tokio::spawn(async move {
        while let Some(stream) = streams.next().await {
            tokio::spawn(serve(stream, Arc::clone(&service)));
        }
    });
    let (stream, _) = host.open(b"").await.unwrap();
    (Client::new(stream), echo, plugin, host)
}

async fn say(client: &Client, method: &str, text: &str) -> Result<String, CallError> {
    let (ty, argument) = (Type::STRING, Value::from(text));
    let call = client.call(method, &ty, &argument);
    let reply = tokio::time::timeout(PATIENCE, call).await.unwrap()?;
    Ok(reply.value.as_str().unwrap().into_owned())
}

#[tokio::test]
async fn many_calls_are_in_flight_and_each_gets_its_own_answer() {
    let (client, echo, _plugin, _host) = pair().await;
    let waiting = tokio::spawn({
        let client = client.clone();
        async move { say(&client, "Echo.Wait", "").await }
    });
    let calls = (0..1000).map(|number| {
        let client = client.clone();
        tokio::spawn(async move {
            let text = format!("number {number}");
            assert_eq!(say(&client, "Echo.Say", &text).await.unwrap(), text);
        })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap();
    }
    echo.go_on.notify_one();
    assert_eq!(waiting.await.unwrap().unwrap(), "waited");
}

#[tokio::test]
async fn errors_are_those_of_go_and_the_connection_lives() {
    let (client, _echo, _plugin, _host) = pair().await;
    for (method, error) in [
        ("Echo.Fail", "it failed"),
        ("Echo.Nothing", "rpc: can't find method Echo.Nothing"),
        ("Nobody.Say", "rpc: can't find service Nobody.Say"),
        ("Say", "rpc: service/method request ill-formed: Say"),
    ] {
        match say(&client, method, "").await {
            Err(fault @ CallError::Server(_)) => {
                assert_eq!(fault.to_string(), error);
                assert_eq!(fault.is_unknown_method(method), method == "Echo.Nothing", "{method}");
                assert!(!fault.is_unknown_method("Echo.Other"));
            }
            other => panic!("{method}: {other:?}"),
        }
    }
    let wrong = say(&client, "Echo.Wrong", "").await.unwrap_err().to_string();
    assert!(wrong.starts_with("the result of Echo.Wrong cannot be sent: "), "{wrong}");
    let argument = client.call("Echo.Say", &Type::INT, &Value::from("text")).await;
    assert!(matches!(argument, Err(CallError::Argument(_))), "{argument:?}");
    assert_eq!(say(&client, "Echo.Say", "still here").await.unwrap(), "still here");
}

#[tokio::test]
async fn a_call_that_panics_is_answered_with_an_error_and_the_connection_lives() {
    let (client, _echo, _plugin, _host) = pair().await;
    match say(&client, "Echo.Panic", "").await {
        Err(CallError::Server(text)) => {
            assert_eq!(text, "Echo.Panic: it panicked; see the plugin's log");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(say(&client, "Echo.Say", "still here").await.unwrap(), "still here");
}

#[tokio::test]
async fn a_message_larger_than_any_window_goes_both_ways() {
    let (client, _echo, _plugin, _host) = pair().await;
    let text = "x".repeat(4 * 1024 * 1024);
    for _ in 0..2 {
        assert_eq!(say(&client, "Echo.Say", &text).await.unwrap(), text);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_takes_the_shorter_way_does_not_overtake_half_of_another() {
    let (client, _echo, _plugin, _host) = pair().await;
    for round in 0..50 {
        // The large ones fill the window, and the last of the small ones is the last that is owed.
        let calls = [700_000, 1, 300_000, 10, 100].map(|size| {
            let client = client.clone();
            tokio::spawn(async move {
                let text = format!("{round}").repeat(size);
                assert_eq!(say(&client, "Echo.Say", &text).await.unwrap(), text);
            })
        });
        for call in calls {
            call.await.unwrap();
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_too_large_fails_its_call_and_no_other() {
    let (client, _echo, _plugin, _host) = pair().await;
    // The same limit is on both sides, so the one that is asked sees the argument first.
    let text = "x".repeat(64 << 20);
    match say(&client, "Echo.Say", &text).await {
        Err(CallError::Server(error)) => assert!(error.contains("at most 67108864"), "{error}"),
        other => panic!("{:?}", other.map(|text| text.len())),
    }
    match say(&client, "Echo.Large", "").await {
        Err(CallError::Reply(error)) => {
            assert!(matches!(error.fault(), DecodeFault::MessageTooLong { .. }), "{error}");
        }
        other => panic!("{:?}", other.map(|text| text.len())),
    }
    assert_eq!(say(&client, "Echo.Say", "still here").await.unwrap(), "still here");
}

#[tokio::test]
async fn who_waits_for_the_end_of_a_client_hears_why_it_came() {
    let (client, _echo, _plugin, _host) = pair().await;
    let ended = client.ended();
    drop(client);
    assert_eq!(tokio::time::timeout(PATIENCE, ended).await.unwrap(), None, "it was given up");
    let (client, _echo, plugin, _host) = pair().await;
    assert_eq!(say(&client, "Echo.Say", "hello").await.unwrap(), "hello");
    let ended = client.ended();
    drop(plugin);
    assert!(tokio::time::timeout(PATIENCE, ended).await.unwrap().is_some());
}

#[tokio::test]
async fn a_side_that_has_closed_its_half_and_takes_no_more_is_not_waited_for() {
    let (near, far) = tokio::io::duplex(64 * 1024);
    let (_plugin, mut streams) = Session::server(near);
    let (host, _) = Session::client(far);
    let (to, _) = host.open(b"!").await.unwrap();
    let mut stream = streams.next().await.unwrap();
    stream.read_exact(&mut [0]).await.unwrap();
    to.close().await;
    assert_eq!(stream.read(&mut [0]).await.unwrap(), 0, "it has closed its half");
    let all = vec![0; 512 * 1024];
    let written = tokio::time::timeout(PATIENCE, stream.write_all(&all)).await;
    let error = written.expect("it is known that no room comes").unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::BrokenPipe);
}

#[tokio::test]
async fn a_call_that_is_given_up_leaves_the_others_alone() {
    let (client, echo, _plugin, _host) = pair().await;
    let mut given_up = Box::pin(say(&client, "Echo.Wait", ""));
    assert!(futures::poll!(&mut given_up).is_pending());
    drop(given_up);
    assert_eq!(say(&client, "Echo.Say", "hello").await.unwrap(), "hello");
    echo.go_on.notify_one();
    assert_eq!(say(&client, "Echo.Say", "again").await.unwrap(), "again");
}

#[tokio::test]
async fn calls_end_with_the_session() {
    let (client, _echo, plugin, host) = pair().await;
    assert_eq!(say(&client, "Echo.Say", "hello").await.unwrap(), "hello");
    let waiting = tokio::spawn({
        let client = client.clone();
        async move { say(&client, "Echo.Wait", "").await }
    });
    assert_eq!(say(&client, "Echo.Say", "hello").await.unwrap(), "hello");
    drop(plugin);
    let lost = waiting.await.unwrap();
    assert!(matches!(lost, Err(CallError::Lost(_) | CallError::Unsent(_))), "{lost:?}");
    tokio::time::timeout(PATIENCE, host.ended()).await.unwrap();
    let unsent = say(&client, "Echo.Say", "").await;
    assert!(matches!(unsent, Err(CallError::Unsent(_))), "{unsent:?}");
    host.open(b"").await.unwrap_err();
}

#[tokio::test]
async fn what_is_no_call_ends_the_stream_and_not_the_session() {
    let (near, far) = tokio::io::duplex(64 * 1024);
    let (_plugin, mut streams) = Session::server(near);
    let (host, _) = Session::client(far);
    let serving = tokio::spawn(async move {
        let stream = streams.next().await.unwrap();
        let garbage = serve(stream, Arc::<Echo>::default()).await;
        let stream = streams.next().await.unwrap();
        (garbage, serve(stream, Arc::<Echo>::default()).await)
    });
    let (mut stream, _) = host.open(b"\x03\x04\x00\x01").await.unwrap();
    assert_eq!(stream.read_to_end(&mut Vec::new()).await.unwrap(), 0);
    let (stream, _) = host.open(b"").await.unwrap();
    let client = Client::new(stream);
    assert_eq!(say(&client, "Echo.Say", "hello").await.unwrap(), "hello");
    drop(client);
    let (garbage, orderly) = serving.await.unwrap();
    assert_eq!(garbage.unwrap_err(), "what came is not a header: int");
    orderly.unwrap();
}

#[tokio::test]
async fn streams_are_opened_only_so_many_at_a_time() {
    let (near, far) = tokio::io::duplex(64 * 1024);
    let (plugin, mut streams) = Session::server(near);
    let (_host, mut taken) = Session::client(far);
    let mut dials = Vec::new();
    for _ in 0..MOST_DIALS {
        dials.push(plugin.open(b"id").await.unwrap());
    }
    let mut next = Box::pin(plugin.open(b"id"));
    assert!(futures::poll!(&mut next).is_pending());
    let mut first = taken.next().await.unwrap();
    let mut begin = [0; 2];
    first.read_exact(&mut begin).await.unwrap();
    assert_eq!(&begin, b"id");
    dials.pop();
    let (mut stream, _) = tokio::time::timeout(PATIENCE, next).await.unwrap().unwrap();
    stream.write_all(b"!").await.unwrap();
    drop((plugin, stream, dials));
    assert!(streams.next().await.is_none(), "the host has opened none");
}
