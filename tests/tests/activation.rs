//! A process that is its own host, while its plugins are not active yet.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests may fail like tests")]

use hookwright_proto::events::events_client::EventsClient;
use hookwright_proto::fleet::GetRequest;
use hookwright_proto::fleet::fleet_client::FleetClient;
use hookwright_proto::health::health_check_response::ServingStatus;
use hookwright_proto::health::health_client::HealthClient;
use hookwright_proto::health::{HealthCheckRequest, HealthCheckResponse};
use hookwright_proto::mattermost::plugin_hooks_client::PluginHooksClient;
use hookwright_tests::ask::post;
use hookwright_tests::events::added;
use hookwright_tests::{PATIENCE, Plugin, by_hand};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Streaming};

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture-events");

/// A process whose OnActivate runs until the connection to it is closed, and a channel to its socket.
async fn activating(drain: &str) -> (Plugin, TcpStream, Channel, TempDir) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let folder = TempDir::new().unwrap();
    let mut command = by_hand(FIXTURE);
    command
        .arg("activated")
        .env("FIXTURE_ACTIVATION", listener.local_addr().unwrap().to_string())
        .env("PLUGIN_UNIX_SOCKET_DIR", folder.path())
        .env("HOOKWRIGHT_DRAIN_TIMEOUT", drain);
    let plugin = Plugin::spawn(command);
    let accepted = tokio::time::timeout(PATIENCE, listener.accept()).await;
    let (held, _) = accepted.expect("it is activated").unwrap();
    let socket = folder.path().read_dir().unwrap().next().unwrap().unwrap().path();
    let endpoint = Endpoint::try_from(format!("unix:{}", socket.display())).unwrap();
    (plugin, held, endpoint.connect().await.unwrap(), folder)
}

fn terminate(plugin: &Plugin) {
    let id = Pid::from_raw(plugin.id().try_into().unwrap()).unwrap();
    kill_process(id, Signal::TERM).unwrap();
}

async fn next(watched: &mut Streaming<HealthCheckResponse>) -> Option<ServingStatus> {
    let next = tokio::time::timeout(PATIENCE, watched.message()).await;
    next.expect("it is told in time").unwrap().map(|response| response.status())
}

#[tokio::test]
async fn nobody_is_served_before_the_plugins_are_active() {
    let (plugin, held, channel, _folder) = activating("20s").await;
    let mut health = HealthClient::new(channel.clone());
    let asked = HealthCheckRequest { service: "plugin".into() };
    let mut watched = health.watch(asked.clone()).await.unwrap().into_inner();
    assert_eq!(next(&mut watched).await, Some(ServingStatus::NotServing));
    let checked = health.check(asked.clone()).await.unwrap().into_inner();
    assert_eq!(checked.status(), ServingStatus::NotServing);

    let mut hooks = PluginHooksClient::new(channel.clone());
    let mut events = EventsClient::new(channel.clone());
    let mut fleet = FleetClient::new(channel);
    for refused in [
        hooks.message_will_be_posted(post("quiet")).await.unwrap_err(),
        events.trigger(added("quiet")).await.unwrap_err(),
        fleet.get(GetRequest::default()).await.unwrap_err(),
    ] {
        let said = (refused.code(), refused.message());
        assert_eq!(said, (Code::Unavailable, "the plugins are not active yet"));
    }

    drop(held);
    assert_eq!(next(&mut watched).await, Some(ServingStatus::Serving));
    let checked = health.check(asked).await.unwrap().into_inner();
    assert_eq!(checked.status(), ServingStatus::Serving);
    assert!(hooks.message_will_be_posted(post("quiet")).await.is_ok());
    assert!(events.trigger(added("quiet")).await.is_ok());
    assert!(fleet.get(GetRequest::default()).await.is_ok());
    let plugin = plugin.announced().await;
    terminate(&plugin);
    let ended = plugin.ended().await;
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    assert_eq!(next(&mut watched).await, Some(ServingStatus::NotServing));
    assert!(ended.stderr.contains("not active any more"), "{}", ended.stderr);
}

#[tokio::test]
async fn a_stop_waits_no_longer_for_an_activation_than_for_any_call() {
    let (plugin, _held, _channel, _folder) = activating("50ms").await;
    terminate(&plugin);
    let ended = plugin.ended().await;
    assert_eq!((ended.code(), ended.stdout.as_str()), (Some(0), ""), "{}", ended.stderr);
    assert!(ended.stderr.contains("\"calls_given_up\":1"), "{}", ended.stderr);
    assert!(!ended.stderr.contains("not active any more"), "{}", ended.stderr);
}

#[tokio::test]
async fn what_becomes_active_while_the_process_stops_is_deactivated() {
    let (mut plugin, held, _channel, _folder) = activating("20s").await;
    terminate(&plugin);
    plugin.logged(&["\"@message\":\"stopping\""]).await;
    drop(held);
    let ended = plugin.ended().await;
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("not active any more"), "{}", ended.stderr);
}
