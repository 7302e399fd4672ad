//! The standard health service, as hosts and tools ask it.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::collections::HashMap;

use hookwright_proto::health::health_check_response::ServingStatus;
use hookwright_proto::health::health_client::HealthClient;
use hookwright_proto::health::{HealthCheckRequest, HealthCheckResponse, HealthListRequest};
use hookwright_runtime::serve::MOST_WATCHERS;
use hookwright_tests::ask::{post, update};
use hookwright_tests::{PATIENCE, Plugin, hosted};
use tonic::transport::Channel;
use tonic::{Code, Streaming};

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");

async fn health(plugin: &Plugin) -> HealthClient<Channel> {
    HealthClient::new(plugin.connect().await)
}

fn of(service: &str) -> HealthCheckRequest {
    HealthCheckRequest { service: service.to_owned() }
}

/// What a watcher is told next; `None` at the end.
async fn next(statuses: &mut Streaming<HealthCheckResponse>) -> Option<ServingStatus> {
    let told = tokio::time::timeout(PATIENCE, statuses.message()).await;
    told.expect("it says something in time").expect("no error").map(|response| response.status())
}

async fn watch(
    health: &mut HealthClient<Channel>,
    service: &str,
) -> Streaming<HealthCheckResponse> {
    health.watch(of(service)).await.expect("it may watch").into_inner()
}

async fn listed(health: &mut HealthClient<Channel>) -> HashMap<String, ServingStatus> {
    let statuses = health.list(HealthListRequest {}).await.unwrap().into_inner().statuses;
    statuses.into_iter().map(|(name, response)| (name, response.status())).collect()
}

/// Ends the process while a call is under way, which keeps it until that has been left.
async fn patient() -> Plugin {
    let mut command = hosted(FIXTURE);
    command.env("HOOKWRIGHT_DRAIN_TIMEOUT", "10min");
    Plugin::start(command).await
}

#[tokio::test]
async fn the_process_and_the_name_that_go_plugin_asks_for_are_serving() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut health = health(&plugin).await;
    for name in ["plugin", ""] {
        let status = health.check(of(name)).await.unwrap().into_inner().status();
        assert_eq!(status, ServingStatus::Serving, "{name:?}");
    }
    let expected = ["plugin", ""].map(|name| (name.to_owned(), ServingStatus::Serving));
    assert_eq!(listed(&mut health).await, HashMap::from(expected));
}

#[tokio::test]
async fn a_name_that_is_not_known_is_not_found_and_may_be_watched() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut health = health(&plugin).await;
    for name in ["Plugin", "mattermost.pluginapi.v1.PluginHooks", &"x".repeat(1_000_000)] {
        let status = health.check(of(name)).await.unwrap_err();
        assert_eq!(status.code(), Code::NotFound, "{status}");
        assert!(status.message().contains("ask for \"plugin\" or the empty name"), "{status}");

        let mut statuses = watch(&mut health, name).await;
        assert_eq!(next(&mut statuses).await, Some(ServingStatus::ServiceUnknown));
    }
}

#[tokio::test]
async fn watchers_hear_of_the_stop_while_it_drains_and_their_streams_end_with_it() {
    let mut plugin = patient().await;
    let mut health = health(&plugin).await;
    let mut serving = [watch(&mut health, "plugin").await, watch(&mut health, "").await];
    for statuses in &mut serving {
        assert_eq!(next(statuses).await, Some(ServingStatus::Serving));
    }
    let mut unknown = watch(&mut health, "nothing").await;
    assert_eq!(next(&mut unknown).await, Some(ServingStatus::ServiceUnknown));

    let mut hooks = plugin.hooks().await;
    let call =
        tokio::spawn(async move { hooks.message_will_be_updated(update("wait for ever")).await });
    plugin.logged(&["begins to wait", "wait for ever"]).await;
    let mut late = health.clone();
    let ended = tokio::spawn(plugin.shut_down());
    for statuses in &mut serving {
        assert_eq!(next(statuses).await, Some(ServingStatus::NotServing));
    }
    let status = late.check(of("plugin")).await.unwrap().into_inner().status();
    assert_eq!(status, ServingStatus::NotServing);
    let expected = ["plugin", ""].map(|name| (name.to_owned(), ServingStatus::NotServing));
    assert_eq!(listed(&mut late).await, HashMap::from(expected));
    let mut watched_late = watch(&mut late, "plugin").await;
    assert_eq!(next(&mut watched_late).await, Some(ServingStatus::NotServing));

    call.abort();
    for statuses in serving.iter_mut().chain([&mut unknown, &mut watched_late]) {
        assert_eq!(next(statuses).await, None, "the stream ends without an error");
    }
    assert_eq!(ended.await.unwrap().code(), Some(0));
}

#[tokio::test]
async fn more_watchers_than_there_is_room_for_are_refused_until_others_leave() {
    let plugin = Plugin::hosted(FIXTURE).await;
    // One connection has room for 200 streams or so.
    let mut watchers = Vec::new();
    while watchers.len() < MOST_WATCHERS {
        let mut health = health(&plugin).await;
        for _ in 0..64 {
            let mut statuses = watch(&mut health, "plugin").await;
            assert_eq!(next(&mut statuses).await, Some(ServingStatus::Serving));
            watchers.push(statuses);
        }
    }
    let mut health = health(&plugin).await;
    let refused = health.watch(of("plugin")).await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted, "{refused}");
    assert!(refused.message().contains(&MOST_WATCHERS.to_string()), "{refused}");
    plugin.assert_serves().await;

    watchers.pop();
    let again = async {
        // The server hears of it when it hears of it.
        while health.watch(of("plugin")).await.is_err() {}
    };
    tokio::time::timeout(PATIENCE, again).await.expect("there is room again");
}

#[tokio::test]
async fn handlers_that_hang_do_not_keep_health_from_answering() {
    let mut command = hosted(FIXTURE);
    command.env("HOOKWRIGHT_SYNC_HANDLERS", "2");
    let mut plugin = Plugin::start(command).await;
    let mut calls = Vec::new();
    for _ in 0..8 {
        let mut hooks = plugin.hooks().await;
        calls.push(tokio::spawn(async move {
            hooks.message_will_be_posted(post("block for ever")).await
        }));
    }
    plugin.logged(&["begins to block"]).await;
    plugin.assert_healthy().await;
    let mut health = health(&plugin).await;
    assert_eq!(listed(&mut health).await.len(), 2);
    let mut statuses = watch(&mut health, "plugin").await;
    assert_eq!(next(&mut statuses).await, Some(ServingStatus::Serving));
}
