//! Sessions with Go's own net/rpc over HashiCorp's own yamux.
//!
//! Not run by `cargo test` alone, because it needs Go: `.ci/run` builds the program in `tests/peer`,
//! names it in `HOOKWRIGHT_NETRPC_PEER`, and runs this by its name.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use hookwright_gob::{Schema, Struct, Type, Value};
use hookwright_netrpc::{Answer, CallError, Client, Request, Service, Session, serve};
use tokio::net::UnixListener;
use tokio::process::{Child, Command};

/// Much longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);

struct Arith;

impl Service for Arith {
    async fn call(self: Arc<Self>, service: &str, method: &str, request: Request) -> Answer {
        match (service, method) {
            ("Arith", "Add") => {
                let pair = request.argument.map_err(|error| error.to_string())?.value;
                let part = |name| pair.get(name).and_then(Value::as_i64).unwrap_or(0);
                Ok((Type::INT, Value::Int(part("A") + part("B"))))
            }
            ("Arith", "Echo") => {
                let text = request.argument.map_err(|error| error.to_string())?;
                Ok((text.ty, text.value))
            }
            ("Arith", "Fail") => Err("it failed".to_owned()),
            ("Arith", _) => request.unknown_method(),
            _ => request.unknown_service(),
        }
    }
}

/// A program in Go, connected to us as a host is.
struct Peer {
    child: Child,
    session: Session,
    streams: hookwright_netrpc::Incoming,
}

async fn peer(scenario: &str) -> Peer {
    let program = std::env::var("HOOKWRIGHT_NETRPC_PEER").expect("`.ci/run` sets it");
    let name = format!("netrpc-peer-{}-{scenario}", std::process::id());
    let path: PathBuf = std::env::temp_dir().join(name);
    let listener = UnixListener::bind(&path).unwrap();
    let mut command = Command::new(program);
    command.arg(&path).arg(scenario).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.kill_on_drop(true).spawn().unwrap();
    let (socket, _) = tokio::time::timeout(PATIENCE, listener.accept()).await.unwrap().unwrap();
    std::fs::remove_file(&path).unwrap();
    let (session, streams) = Session::server(socket);
    Peer { child, session, streams }
}

/// Answers what the program calls until it ends; it has to be content.
async fn answer(scenario: &str) {
    let Peer { child, session, mut streams } = peer(scenario).await;
    let serving = tokio::spawn(async move {
        while let Some(stream) = streams.next().await {
            tokio::spawn(serve(stream, Arc::new(Arith)));
        }
    });
    let ended = tokio::time::timeout(PATIENCE, child.wait_with_output()).await.unwrap().unwrap();
    let said = [ended.stdout, ended.stderr].concat();
    assert!(ended.status.success(), "{scenario}: {}", String::from_utf8_lossy(&said));
    assert!(said.is_empty(), "{scenario}: {}", String::from_utf8_lossy(&said));
    session.ended().await;
    serving.await.unwrap();
}

#[tokio::test]
async fn go_has_many_calls_in_flight_and_reads_every_answer() {
    answer("calls").await;
}

#[tokio::test]
async fn a_header_that_go_sends_without_its_argument_is_dropped() {
    answer("orphan").await;
}

#[tokio::test]
async fn a_stream_that_go_does_not_read_holds_up_no_other() {
    answer("deaf").await;
}

#[tokio::test]
async fn a_stream_on_which_nothing_is_said_is_acknowledged() {
    answer("idle").await;
}

#[tokio::test]
async fn go_is_called_over_many_streams_and_many_times_over_one() {
    let Peer { mut child, session, .. } = peer("serve").await;
    let schema = Schema::new();
    let pair = schema.structure("Pair", [("A", Type::INT), ("B", Type::INT)]).unwrap();
    let sum = async |client: &Client, one: i64, other: i64| {
        let mut argument = Struct::new(&pair.as_struct().unwrap());
        argument.set("A", Value::Int(one)).unwrap();
        argument.set("B", Value::Int(other)).unwrap();
        let reply = client.call("Plugin.Add", &pair, &argument.into()).await.unwrap();
        assert_eq!(reply.value, Value::Int(one + other));
    };
    let (stream, dial) = session.open(b"").await.unwrap();
    let client = Client::new(stream);
    sum(&client, 1, 2).await;
    drop(dial);
    futures::future::join_all((0..500).map(|number| sum(&client, number, 1))).await;

    let nothing = Struct::new(&pair.as_struct().unwrap()).into();
    let fault = client.call("Plugin.Fail", &pair, &nothing).await;
    assert!(matches!(fault, Err(CallError::Server(text)) if text == "it failed"));
    let large = client.call("Plugin.Repeat", &Type::INT, &Value::Int(4 << 20)).await.unwrap();
    assert_eq!(large.value.as_bytes().map(<[u8]>::len), Some(4 << 20));

    // Far more than Go takes at once: it resets what it has not accepted.
    let streams = (0..700).map(|number| {
        let (session, sum) = (&session, &sum);
        async move {
            let (stream, dial) = session.open(b"").await.unwrap();
            let client = Client::new(stream);
            sum(&client, number, 1).await;
            drop(dial);
        }
    });
    futures::future::join_all(streams).await;
    drop((client, session));
    let ended = tokio::time::timeout(PATIENCE, child.wait()).await.unwrap().unwrap();
    assert!(ended.success());
}
