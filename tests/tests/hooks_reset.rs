//! Callers that leave, at every point of a unary call.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use bytes::Bytes;
use hookwright_tests::Plugin;
use hookwright_tests::ask::{created, post, update};
use hookwright_tests::frames::frame;
use hookwright_tests::leave::{Point, Seen, by_broken_connection, by_reset};

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture-http");

fn points() -> Vec<Point> {
    let point = |name, hook, sent: &[&Bytes], seen| Point::new(name, hook, sent, seen);
    let whole = frame(&post("rewrite"));
    let large = frame(&post(&format!("rewrite {}", "x".repeat(10 * 1024 * 1024))));
    vec![
        point("before the request", "MessageWillBePosted", &[], Seen::Arrival),
        point("within its length", "MessageWillBePosted", &[&whole.slice(..3)], Seen::Arrival),
        point("within it", "MessageWillBePosted", &[&whole.slice(..9)], Seen::Arrival),
        point("after half of it", "MessageWillBePosted", &[&whole.slice(..9)], Seen::All).ended(),
        point("before its end", "MessageWillBePosted", &[&whole], Seen::Arrival),
        point(
            "while an async handler runs",
            "MessageWillBeUpdated",
            &[&frame(&update("wait for ever"))],
            Seen::Logged(&["begins to wait", "filter_async"]),
        )
        .ended()
        .then_logged(&["dropped while it waited", "filter_async"]),
        point(
            "while a sync handler runs",
            "UserHasBeenCreated",
            &[&frame(&created("block until cancelled"))],
            Seen::Logged(&["begins to block", "user_has_been_created"]),
        )
        .ended()
        .then_logged(&["an abandoned handler has ended", "\"abandoned\":0"]),
        point("before the reply is read", "MessageWillBePosted", &[&large], Seen::Headers).ended(),
        point("within the reply", "MessageWillBePosted", &[&large], Seen::Some).ended(),
        point("after the reply", "MessageWillBePosted", &[&whole], Seen::All).ended(),
    ]
}

#[tokio::test]
async fn a_caller_that_resets_its_call_leaves_nothing_behind() {
    by_reset(Plugin::hosted(FIXTURE).await, &points()).await;
}

#[tokio::test]
async fn a_connection_that_breaks_leaves_nothing_behind() {
    by_broken_connection(Plugin::hosted(FIXTURE).await, &points()).await;
}
