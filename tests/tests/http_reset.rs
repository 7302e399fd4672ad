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
use hookwright_tests::frames::{Connection, frame};
use hookwright_tests::leave::{Point, Seen, assert_all_ended, by_broken_connection, by_reset};
use hookwright_tests::usage::Tasks;
use hookwright_tests::web::{ask, chunk, complete, first, get, whole};

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture-http");

fn begin(url: &str) -> Bytes {
    frame(&first("POST", url))
}

fn in_request() -> Vec<Point> {
    let point = |name, sent: &[&Bytes]| Point::new(name, "ServeHTTP", sent, Seen::Arrival);
    let head = begin("/checksum");
    let piece = frame(&chunk(block(0)));
    let part = piece.slice(..9000);
    vec![
        point("before the first message", &[]),
        point("within the length of a message", &[&head.slice(..3)]),
        point("within the first message", &[&head.slice(..40)]),
        point("after a broken message", &[&head.slice(..40)]).ended(),
        point("after the head", &[&head]),
        point("between chunks", &[&head, &piece]),
        point("within a chunk", &[&head, &part]),
        point("within what nobody reads", &[&begin("/held"), &part]),
        point("within what a thread waits for", &[&begin("/other"), &part]),
    ]
}

fn while_the_handler_runs() -> Vec<Point> {
    let point =
        |name, sent: &[&Bytes], seen| Point::new(name, "ServeHTTP", sent, Seen::Logged(seen));
    let complete = frame(&complete());
    vec![
        point("in the request", &[&begin("/wait/a")], &["begins to wait", "\"name\":\"a\""])
            .then_logged(&["dropped while it waited", "\"name\":\"a\""]),
        point("after the body", &[&begin("/wait/b"), &complete], &["begins", "\"name\":\"b\""])
            .then_logged(&["dropped while it waited", "\"name\":\"b\""]),
        point("after the request", &[&begin("/wait/c"), &complete], &["begins", "\"name\":\"c\""])
            .ended()
            .then_logged(&["dropped while it waited", "\"name\":\"c\""]),
    ]
}

fn in_response() -> Vec<Point> {
    let point = |name, sent: &[&Bytes], seen| Point::new(name, "ServeHTTP", sent, seen);
    let get = |url: &str| frame(&whole("GET", url));
    vec![
        point("after the head", &[&get("/for-ever")], Seen::Headers).ended(),
        point("while events may come", &[&get("/news")], Seen::Some),
        point("within the response", &[&get("/blocks/1000")], Seen::Some).ended(),
        point("while nobody reads it", &[&get("/blocks/1000")], Seen::Headers),
        point("after a broken response", &[&get("/broken-later")], Seen::All),
        point("after the response", &[&begin("/early")], Seen::All),
        point("within both", &[&begin("/echo"), &frame(&chunk(block(0)))], Seen::Some),
    ]
}

#[tokio::test]
async fn a_caller_that_resets_within_its_request_leaves_nothing_behind() {
    by_reset(Plugin::hosted(FIXTURE).await, &in_request()).await;
}

#[tokio::test]
async fn a_caller_that_resets_while_the_handler_runs_leaves_nothing_behind() {
    by_reset(Plugin::hosted(FIXTURE).await, &while_the_handler_runs()).await;
}

#[tokio::test]
async fn a_caller_that_resets_within_the_response_leaves_nothing_behind() {
    by_reset(Plugin::hosted(FIXTURE).await, &in_response()).await;
}

#[tokio::test]
async fn a_connection_that_breaks_leaves_nothing_behind() {
    for points in [in_request(), while_the_handler_runs(), in_response()] {
        by_broken_connection(Plugin::hosted(FIXTURE).await, &points).await;
    }
}

#[tokio::test]
async fn more_threads_than_there_are_may_be_left_waiting_for_a_body() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let hooks = plugin.hooks().await;
    let mut connection = Connection::open(&plugin).await;
    let part = frame(&chunk(block(0))).slice(..9000);
    let point = Point::new("in a body", "ServeHTTP", &[&begin("/other"), &part], Seen::Arrival);

    for _ in 0..100 {
        point.reach(&mut plugin, &mut connection).await.reset();
    }

    let (status, _, body) = ask(&hooks, [whole("POST", "/other")]).await.unwrap();
    assert_eq!((status, body.as_str()), (200, "other got /other and 0 bytes"));
    drop((hooks, connection));
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
