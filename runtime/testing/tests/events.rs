//! Events in tests of plugins.

#![allow(clippy::unwrap_used, reason = "a test")]

use hookwright::events::{Cause, Client, ClientAdded, ClientRemoved, Event};
use hookwright::prelude::*;
use hookwright_testing::prelude::*;

hookwright::plugin! { id: "com.example.names" }

#[hook(HookName::ClientAdded)]
fn check(_cx: &Context, event: ClientAdded) -> Result<()> {
    match event.client.unwrap_or_default().hostname.as_str() {
        "" => Err(Error::invalid("the client has no name")),
        _ => Ok(()),
    }
}

#[hook([HookName::ClientAdded, HookName::ClientRemoved], priority = 10)]
async fn note(cx: Context, event: Event) {
    tracing::debug!(request = cx.request_id(), event = %event.name(), "noted");
}

/// A user that logs in is a client from now on.
#[hook]
async fn user_has_logged_in(cx: Context, user: User) {
    let client = Client { hostname: user.username, ..Client::default() };
    cx.events().trigger(ClientAdded { client: Some(client) }).await;
}

fn added(hostname: &str) -> ClientAdded {
    let client = Client { hostname: hostname.to_owned(), ..Client::default() };
    ClientAdded { client: Some(client) }
}

#[tokio::test]
async fn a_handler_of_an_event_is_tested_in_three_lines() {
    let host = TestHost::start();
    let triggered = host.trigger(added("ada")).await;
    assert!(triggered.is_ok(), "{triggered:?}");
}

#[tokio::test]
async fn what_fails_is_told_and_stops_nobody() {
    let host = TestHost::start();
    let triggered = host.trigger(added("")).await;
    let failure = triggered.failed().next().unwrap().failure.clone().unwrap();
    assert_eq!((failure.cause, failure.text.as_str()), (Cause::Error, "the client has no name"));
    host.assert_ran(["check", "note"]);
}

#[tokio::test]
async fn the_events_that_a_plugin_triggers_are_taken_down_in_their_place() {
    let host = TestHost::start();
    host.user_has_logged_in(user("ada")).await.assert_ok();
    assert_eq!(host.journal().triggered(), [Event::from(added("ada"))]);
    host.journal().assert_happened(["user_has_logged_in", "client.added", "check", "note"]);
}

#[tokio::test]
async fn a_context_of_the_tests_own_triggers_events_as_well() {
    let host = TestHost::start();
    let triggered = host.context().events().trigger(ClientRemoved::default()).await;
    assert_eq!((triggered.event, triggered.ran.len()), (HookName::ClientRemoved, 1));
}
