//! The end of a process: calls under way are answered, new ones are not, and it exits with 0.

#![allow(clippy::expect_used, reason = "helpers of tests may fail like tests")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hookwright_proto::go_plugin::Empty;
use hookwright_proto::go_plugin::grpc_controller_client::GrpcControllerClient;
use hookwright_proto::mattermost::{MessageWillBePostedResponse, MessageWillBeUpdatedResponse};
use hookwright_tests::ask::{post, update};
use hookwright_tests::records::records;
use hookwright_tests::{Output, PATIENCE, Plugin, by_hand, hosted};
use rustix::process::{Pid, Signal, kill_process};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_health::ServingStatus;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");

fn send(plugin: &Plugin, signal: Signal) {
    let pid = i32::try_from(plugin.id()).ok().and_then(Pid::from_raw).expect("a process id");
    kill_process(pid, signal).expect("it runs");
}

async fn controller(plugin: &Plugin) -> GrpcControllerClient<Channel> {
    GrpcControllerClient::new(plugin.connect().await)
}

/// With a bound that no test waits for.
async fn patient() -> Plugin {
    let mut command = hosted(FIXTURE);
    command.env("HOOKWRIGHT_DRAIN_TIMEOUT", "10min");
    Plugin::start(command).await
}

/// Begins a call of an async handler; returns when the handler runs.
async fn waiting(
    plugin: &mut Plugin,
    what: &'static str,
) -> JoinHandle<Result<MessageWillBeUpdatedResponse, Status>> {
    let mut hooks = plugin.hooks().await;
    let call = async move { hooks.message_will_be_updated(update(what)).await };
    let call = tokio::spawn(async move { call.await.map(tonic::Response::into_inner) });
    plugin.logged(&["begins to wait", what]).await;
    call
}

/// Begins a call of a sync handler that never ends; returns when the handler runs.
async fn blocked(plugin: &mut Plugin) -> JoinHandle<Result<MessageWillBePostedResponse, Status>> {
    let mut hooks = plugin.hooks().await;
    let call = async move { hooks.message_will_be_posted(post("block for ever")).await };
    let call = tokio::spawn(async move { call.await.map(tonic::Response::into_inner) });
    plugin.logged(&["begins to block"]).await;
    call
}

fn assert_ended_well(ended: &Output, reason: &str) {
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    assert_eq!(ended.stdout, "");
    let records = records(&ended.stderr);
    let reasons: Vec<_> = records
        .iter()
        .filter(|record| record["@message"] == "stopping")
        .map(|record| record["reason"].as_str().expect("a reason"))
        .collect();
    assert_eq!(reasons, [reason], "{}", ended.stderr);
}

const BY_HOST: &str = "the host asked for it";

/// The record about calls that were left unanswered, if there is one.
fn given_up(ended: &Output) -> Option<serde_json::Value> {
    let message = "calls did not finish before the end";
    records(&ended.stderr).into_iter().find(|record| record["@message"] == message)
}

#[tokio::test]
async fn with_nothing_running_shutdown_is_answered_and_the_process_exits_with_0() {
    let plugin = Plugin::hosted(FIXTURE).await;
    controller(&plugin).await.shutdown(Empty {}).await.expect("a reply");
    let ended = plugin.ended().await;
    assert_ended_well(&ended, BY_HOST);
    assert!(given_up(&ended).is_none(), "{}", ended.stderr);
}

#[tokio::test]
async fn a_handler_that_runs_finishes_and_its_caller_gets_the_answer() {
    for signal in [None, Some(Signal::TERM)] {
        let mut plugin = patient().await;
        let call = waiting(&mut plugin, "wait a while").await;
        match signal {
            Some(signal) => send(&plugin, signal),
            None => {
                controller(&plugin).await.shutdown(Empty {}).await.expect("a reply");
            }
        }
        assert!(call.await.unwrap().is_ok(), "{}", plugin.stderr());
        let ended = plugin.ended().await;
        assert_ended_well(&ended, if signal.is_some() { "SIGTERM" } else { BY_HOST });
        assert!(given_up(&ended).is_none(), "{}", ended.stderr);
    }
}

#[tokio::test]
async fn calls_that_do_not_end_in_time_are_given_up_and_counted() {
    for signal in [None, Some(Signal::TERM)] {
        let mut command = hosted(FIXTURE);
        command.env("HOOKWRIGHT_DRAIN_TIMEOUT", "200ms");
        let mut plugin = Plugin::start(command).await;
        let blocked = blocked(&mut plugin).await;
        let waiting = waiting(&mut plugin, "wait for ever").await;
        match signal {
            Some(signal) => send(&plugin, signal),
            None => {
                controller(&plugin).await.shutdown(Empty {}).await.expect("a reply");
            }
        }
        let ended = plugin.ended().await;
        assert_ended_well(&ended, if signal.is_some() { "SIGTERM" } else { BY_HOST });
        let given_up = given_up(&ended).expect("it says so");
        assert_eq!(given_up["calls_given_up"], 2, "{given_up}");
        assert_eq!(given_up["bound_ms"], 200, "{given_up}");
        assert!(blocked.await.unwrap().is_err() && waiting.await.unwrap().is_err());
    }
}

#[tokio::test]
async fn while_it_drains_new_calls_are_refused_and_health_says_so() {
    let mut plugin = patient().await;
    let call = waiting(&mut plugin, "wait for ever").await;
    send(&plugin, Signal::TERM);
    let stopping = plugin.logged(&["\"stopping\""]).await;
    assert!(stopping.contains("\"calls_under_way\":1"), "{stopping}");

    // On a connection of its own: a host may well come anew.
    let refused = plugin.hooks().await.message_will_be_posted(post("late")).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable, "{refused}");
    assert!(refused.message().contains("the plugin is stopping"), "{refused}");
    let mut health = HealthClient::new(plugin.connect().await);
    for service in ["plugin", ""] {
        let request = HealthCheckRequest { service: service.to_owned() };
        let mut statuses = health.watch(request).await.unwrap().into_inner();
        let not_serving = async {
            while let Some(status) = statuses.message().await.expect("it watches") {
                if status.status == ServingStatus::NotServing as i32 {
                    return;
                }
            }
            panic!("it never said so");
        };
        tokio::time::timeout(PATIENCE, not_serving).await.expect("it says so");
    }

    // The last caller leaves, and nothing keeps the process any more.
    call.abort();
    drop(health);
    let ended = plugin.ended().await;
    assert_ended_well(&ended, "SIGTERM");
    assert!(given_up(&ended).is_none(), "{}", ended.stderr);
}

#[tokio::test]
async fn a_second_sigterm_changes_nothing() {
    let mut plugin = patient().await;
    let call = waiting(&mut plugin, "wait a while").await;
    send(&plugin, Signal::TERM);
    plugin.logged(&["\"stopping\""]).await;
    send(&plugin, Signal::TERM);
    assert!(call.await.unwrap().is_ok(), "{}", plugin.stderr());
    assert_ended_well(&plugin.ended().await, "SIGTERM");
}

#[tokio::test]
async fn shutdown_is_answered_when_the_calls_have_ended_and_twice_if_asked_twice() {
    let mut plugin = patient().await;
    let call = waiting(&mut plugin, "wait for ever").await;
    let has_left = Arc::new(AtomicBool::new(false));
    let shut_down = |mut controller: GrpcControllerClient<Channel>| {
        let has_left = Arc::clone(&has_left);
        async move {
            controller.shutdown(Empty {}).await.expect("a reply");
            assert!(has_left.load(Ordering::SeqCst), "the reply came before the call's end");
        }
    };
    let first = tokio::spawn(shut_down(controller(&plugin).await));
    plugin.logged(&["\"stopping\""]).await;

    let channel = plugin.connect().await;
    let mut health = HealthClient::new(channel.clone());
    let leave = async {
        // Answered on the same connection, hence after the second Shutdown has arrived.
        health.check(HealthCheckRequest::default()).await.expect("it answers");
        has_left.store(true, Ordering::SeqCst);
        call.abort();
    };
    tokio::join!(shut_down(GrpcControllerClient::new(channel)), leave);
    first.await.expect("it was answered in time");
    assert_ended_well(&plugin.ended().await, BY_HOST);
}

#[tokio::test]
async fn connections_that_stay_open_do_not_keep_the_process() {
    let plugin = Plugin::hosted(FIXTURE).await;
    // One that never says a word, one that is idle after a call, and the host's.
    let silent = TcpStream::connect(plugin.address()).await.unwrap();
    let mut idle = plugin.hooks().await;
    idle.message_will_be_posted(post("hello")).await.unwrap();
    controller(&plugin).await.shutdown(Empty {}).await.expect("a reply");
    assert_ended_well(&plugin.ended().await, BY_HOST);
    drop((silent, idle));
}

#[tokio::test]
async fn sigint_is_left_to_the_host() {
    let mut command = hosted(FIXTURE);
    command.env("MATTERMOST_PLUGIN_LOG_LEVEL", "trace");
    let mut plugin = Plugin::start(command).await;
    send(&plugin, Signal::INT);
    plugin.logged(&["SIGINT is left to the host"]).await;
    plugin.assert_serves().await;
    assert_ended_well(&plugin.shut_down().await, BY_HOST);
}

#[tokio::test]
async fn standalone_sigint_ends_it_in_order() {
    let mut command = by_hand(FIXTURE);
    command.arg("standalone");
    let mut plugin = Plugin::start(command).await;
    let call = waiting(&mut plugin, "wait a while").await;
    send(&plugin, Signal::INT);
    assert!(call.await.unwrap().is_ok(), "{}", plugin.stderr());
    let mut ended = plugin.ended().await;
    // How to reattach.
    ended.stdout.clear();
    assert_ended_well(&ended, "SIGINT");
}
