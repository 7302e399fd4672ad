//! Callers that leave, at every point of a request through `ServeHTTP`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests may fail like tests"
)]

use bytes::Bytes;
use fixture_web::block;
use hookwright_tests::Plugin;
use hookwright_tests::frames::{Call, Connection, frame};
use hookwright_tests::usage::Tasks;
use hookwright_tests::web::{ask, chunk, complete, first, get, whole};

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture-http");

/// How far a call has come when its caller leaves.
struct Point {
    name: &'static str,
    sent: Vec<Bytes>,
    /// Whether the request has ended on the wire.
    ended: bool,
    seen: Seen,
}

/// What the caller waits for before it leaves.
enum Seen {
    /// That what it sent has arrived.
    Arrival,
    /// That the handler of `/wait` runs, which then has to be dropped.
    Handler(&'static str),
    /// The headers of the response.
    Headers,
    /// Some of the response.
    Some,
    /// All of it.
    All,
}

fn points() -> Vec<Point> {
    let point = |name, sent: &[&Bytes], ended, seen| {
        let sent = sent.iter().copied().cloned().collect();
        Point { name, sent, ended, seen }
    };
    let get = |url: &str| frame(&whole("GET", url));
    let begin = |url: &str| frame(&first("POST", url));
    let head = begin("/checksum");
    let complete = frame(&complete());
    let piece = frame(&chunk(block(0)));
    let part = piece.slice(..9000);
    vec![
        point("before the first message", &[], false, Seen::Arrival),
        point("within the length of a message", &[&head.slice(..3)], false, Seen::Arrival),
        point("within the first message", &[&head.slice(..40)], false, Seen::Arrival),
        point("after a broken message", &[&head.slice(..40)], true, Seen::Arrival),
        point("after the head", &[&head], false, Seen::Arrival),
        point("between chunks", &[&head, &piece], false, Seen::Arrival),
        point("within a chunk", &[&head, &part], false, Seen::Arrival),
        point("within what nobody reads", &[&begin("/held"), &part], false, Seen::Arrival),
        point("within what a thread waits for", &[&begin("/other"), &part], false, Seen::Arrival),
        point("while the handler runs", &[&begin("/wait/a")], false, Seen::Handler("a")),
        point("after the body", &[&begin("/wait/b"), &complete], false, Seen::Handler("b")),
        point("after the request", &[&begin("/wait/c"), &complete], true, Seen::Handler("c")),
        point("after the head of the response", &[&get("/for-ever")], true, Seen::Headers),
        point("while events may come", &[&get("/news")], false, Seen::Some),
        point("within the response", &[&get("/blocks/1000")], true, Seen::Some),
        point("while nobody reads the response", &[&get("/blocks/1000")], false, Seen::Headers),
        point("after a broken response", &[&get("/broken-later")], false, Seen::All),
        point("after the response", &[&begin("/early")], false, Seen::All),
        point("within both", &[&begin("/echo"), &piece], false, Seen::Some),
    ]
}

/// Brings a new call to a point.
async fn bring(plugin: &mut Plugin, connection: &mut Connection, point: &Point) -> Call {
    let mut call = connection.call("ServeHTTP").await;
    for bytes in &point.sent {
        call.send(bytes.clone());
    }
    if point.ended {
        call.end();
    }
    match point.seen {
        Seen::Arrival => connection.arrived().await,
        Seen::Handler(name) => {
            plugin.logged(&["begins to wait", &named(name)]).await;
        }
        Seen::Headers => call.headers().await,
        Seen::Some => assert!(call.received().await.is_some()),
        Seen::All => while call.received().await.is_some() {},
    }
    call
}

/// How a record has the name of a handler of `/wait`.
fn named(name: &str) -> String {
    format!("\"name\":\"{name}\"")
}

/// Asserts that nothing is left of a call whose caller left at a point.
async fn assert_ended(plugin: &mut Plugin, tasks: &Tasks, point: &Point) {
    tasks.assert_idle(point.name).await;
    if let Seen::Handler(name) = point.seen {
        plugin.logged(&["dropped while it waited", &named(name)]).await;
    }
}

/// Asserts that the process ends in order, with no call of those that left still under way.
async fn assert_all_ended(plugin: Plugin) {
    let output = plugin.shut_down().await;
    assert_eq!(output.code(), Some(0));
    assert!(output.stderr.contains("\"calls_under_way\":0"), "{}", output.stderr);
    assert!(!output.stderr.contains("panic"), "{}", output.stderr);
}

#[tokio::test]
async fn a_caller_that_resets_its_call_leaves_nothing_behind_on_its_connection() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let mut connection = Connection::open(&plugin).await;
    let tasks = Tasks::idle(&plugin).await;

    for point in points() {
        let call = bring(&mut plugin, &mut connection, &point).await;
        call.reset();
        assert_ended(&mut plugin, &tasks, &point).await;
        // Another caller on the same connection.
        let mut other = connection.call("ServeHTTP").await;
        other.send(frame(&whole("GET", "/")));
        assert!(other.received().await.is_some(), "{}", point.name);
        drop(other);
    }
    plugin.assert_serves().await;
    assert_all_ended(plugin).await;
}

#[tokio::test]
async fn a_connection_that_breaks_leaves_nothing_behind() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let tasks = Tasks::idle(&plugin).await;

    for point in points() {
        let mut connection = Connection::open(&plugin).await;
        let call = bring(&mut plugin, &mut connection, &point).await;
        drop(connection);
        assert_ended(&mut plugin, &tasks, &point).await;
        drop(call);
    }
    plugin.assert_serves().await;
    assert_all_ended(plugin).await;
}

#[tokio::test]
async fn more_threads_than_there_are_may_be_left_waiting_for_a_body() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let hooks = plugin.hooks().await;
    let mut connection = Connection::open(&plugin).await;
    let points = points();
    let point = points.iter().find(|point| point.name.contains("a thread")).unwrap();

    for _ in 0..100 {
        bring(&mut plugin, &mut connection, point).await.reset();
    }

    let (status, _, body) = ask(&hooks, [whole("POST", "/other")]).await.unwrap();
    assert_eq!((status, body.as_str()), (200, "other got /other and 0 bytes"));
    assert_all_ended(plugin).await;
}

#[tokio::test]
async fn a_crowd_that_leaves_at_once_takes_nobody_with_it() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let hooks = plugin.hooks().await;
    let mut connection = Connection::open(&plugin).await;
    let tasks = Tasks::idle(&plugin).await;

    let mut crowd = Vec::new();
    for _ in 0..500 {
        let mut call = connection.call("ServeHTTP").await;
        call.send(frame(&whole("GET", "/news")));
        crowd.push(call);
    }
    // Some of them are there, others have not even been seen.
    for call in crowd {
        call.reset();
    }

    connection.arrived().await;
    let mut other = connection.call("ServeHTTP").await;
    other.send(frame(&whole("GET", "/")));
    assert!(other.received().await.is_some());
    drop(other);
    tasks.assert_idle("a crowd").await;
    assert_eq!(get(&hooks, "/").await, "the root");
    plugin.assert_serves().await;
}
