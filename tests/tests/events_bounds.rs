//! What keeps events from doing harm: room, quarantine, a bound on watchers; and the end of the process.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests may fail like tests")]

use hookwright_proto::events::WatchRequest;
use hookwright_runtime::serve::MOST_EVENT_WATCHERS;
use hookwright_tests::ask::post;
use hookwright_tests::events::{added, events, ran, renamed, watch};
use hookwright_tests::{PATIENCE, Plugin, hosted};
use rustix::process::{Pid, Signal, kill_process};
use tokio::net::{TcpListener, TcpStream};
use tonic::Code;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture-events");

async fn with(variables: &[(&str, &str)]) -> Plugin {
    let mut command = hosted(FIXTURE);
    command.envs(variables.iter().copied());
    Plugin::start(command).await
}

/// Whom a handler waits for, and the text that tells it to.
async fn holder() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    (listener, address)
}

/// The handler runs from here on, until what is returned is dropped.
async fn held(listener: &TcpListener) -> TcpStream {
    let accepted = tokio::time::timeout(PATIENCE, listener.accept()).await;
    accepted.expect("the handler runs").unwrap().0
}

#[tokio::test]
async fn the_process_does_not_end_before_an_event_that_nobody_waits_for() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let (listener, address) = holder().await;
    let waiting = tokio::spawn({
        let mut hooks = plugin.hooks().await;
        async move { hooks.message_will_be_posted(post(&address)).await }
    });
    let held = held(&listener).await;
    waiting.abort();
    let given_up = ["hook=\"MessageWillBePosted\"", "outcome=\"caller_gone\""];
    plugin.metric_becomes("hookwright_handler_ends_total", &given_up, 1.0).await;

    let id = Pid::from_raw(plugin.id().try_into().unwrap()).unwrap();
    kill_process(id, Signal::TERM).unwrap();
    plugin.logged(&["\"@message\":\"stopping\"", "\"calls_under_way\":1"]).await;
    drop(held);
    let ended = plugin.ended().await;
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("handled to the end"), "{}", ended.stderr);
}

#[tokio::test]
async fn a_handler_of_an_event_that_fails_again_and_again_is_set_aside() {
    let plugin = with(&[("HOOKWRIGHT_QUARANTINE_FAILURES", "1")]).await;
    let mut client = events(&plugin).await;
    client.trigger(added("panic")).await.unwrap();
    let response = client.trigger(added("quiet")).await.unwrap().into_inner();
    let said = &ran(&response)[1];
    assert!(said.starts_with("async_one: SET_ASIDE: the handler is set aside"), "{said}");
    assert_eq!(ran(&response)[2..], ["recursive", "last", "listed"]);
    let of_handler = ["hook=\"client.added\"", "handler=\"async_one\""];
    assert_eq!(plugin.metric("hookwright_handler_set_aside", &of_handler).await, 1.0);
    assert_eq!(plugin.metric("hookwright_handler_ends_total", &of_handler).await, 2.0);
}

#[tokio::test]
async fn a_handler_of_an_event_for_which_there_is_no_room_is_not_run_and_the_next_one_is() {
    let plugin =
        with(&[("HOOKWRIGHT_ASYNC_HANDLERS", "1"), ("HOOKWRIGHT_ASYNC_WAITING", "0")]).await;
    let (listener, address) = holder().await;
    let waiting = tokio::spawn({
        let mut client = events(&plugin).await;
        async move { client.trigger(renamed(&address)).await }
    });
    let held = held(&listener).await;
    let mut client = events(&plugin).await;
    let response = client.trigger(added("quiet")).await.unwrap().into_inner();
    let said = "NOT_RUN: no room to run the handler: 1 asynchronous handlers of the plugin run and 0 wait already";
    let expected =
        ["sync_one", "async_one", "recursive", "last", "listed"].map(|name| match name {
            "sync_one" | "last" => name.to_owned(),
            _ => format!("{name}: {said}"),
        });
    assert_eq!(ran(&response), expected);
    let of_handler = ["hook=\"client.added\"", "handler=\"async_one\""];
    assert_eq!(plugin.metric("hookwright_handler_ends_total", &of_handler).await, 1.0);

    drop(held);
    waiting.await.unwrap().unwrap();
    let response = client.trigger(added("quiet")).await.unwrap().into_inner();
    assert_eq!(ran(&response)[1], "async_one");
}

#[tokio::test]
async fn more_watchers_of_events_than_there_is_room_for_are_refused_until_others_leave() {
    let plugin = Plugin::hosted(FIXTURE).await;
    // Each on a connection of its own.
    let mut watchers = Vec::new();
    while watchers.len() < MOST_EVENT_WATCHERS {
        watchers.push(watch(&plugin, &["startup"]).await);
    }
    let mut client = events(&plugin).await;
    let refused = client.watch(WatchRequest::default()).await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted, "{refused}");
    assert!(refused.message().contains(&MOST_EVENT_WATCHERS.to_string()), "{refused}");

    watchers.pop();
    let again = async { while client.watch(WatchRequest::default()).await.is_err() {} };
    tokio::time::timeout(PATIENCE, again).await.expect("there is room again");
}
