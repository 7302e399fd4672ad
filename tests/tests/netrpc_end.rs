//! The end of a process that speaks net/rpc: whoever asks for it is answered, and no record is lost.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::future::pending;
use std::sync::Arc;

use hookwright_gob::{Type, Value};
use hookwright_netrpc::{Answer, Request, Service};
use hookwright_tests::netrpc::{NetRpcHost, call, start};
use rustix::process::{Pid, Signal, kill_process};

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");

/// A server that takes records and never says that it has.
struct SilentLog;

impl Service for SilentLog {
    async fn call(self: Arc<Self>, _service: &str, method: &str, request: Request) -> Answer {
        match method.starts_with("Log") {
            true => pending().await,
            false => request.unknown_method(),
        }
    }
}

/// A server that has no method at all.
struct Nothing;

impl Service for Nothing {
    async fn call(self: Arc<Self>, _service: &str, _method: &str, request: Request) -> Answer {
        request.unknown_method()
    }
}

#[tokio::test]
async fn a_quit_is_answered_also_when_the_server_does_not_take_the_log() {
    let plugin = start(FIXTURE, &[]).await;
    let mut host = NetRpcHost::connect(&plugin).await;
    let hooks = host.hooks().await;
    host.activate(&hooks, SilentLog).await;
    let quit = call(&host.control, "Control.Quit", &(Type::BOOL, Value::Bool(true))).await;
    assert!(quit.is_ok(), "{quit:?}");
    drop((hooks, host));
    let ended = plugin.ended().await;
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("the host asked for it"), "{}", ended.stderr);
}

#[tokio::test]
async fn records_that_the_server_does_not_take_before_the_end_are_on_stderr() {
    let plugin = start(FIXTURE, &[]).await;
    let mut host = NetRpcHost::connect(&plugin).await;
    let hooks = host.hooks().await;
    host.activate(&hooks, SilentLog).await;
    let id = Pid::from_raw(i32::try_from(plugin.id()).unwrap()).unwrap();
    kill_process(id, Signal::TERM).unwrap();
    let ended = plugin.ended().await;
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("\"stopping\""), "{}", ended.stderr);
}

#[tokio::test]
async fn the_process_ends_when_the_stream_of_the_api_is_lost() {
    let mut plugin = start(FIXTURE, &[]).await;
    let mut host = NetRpcHost::connect(&plugin).await;
    let hooks = host.hooks().await;
    let api = host.activate(&hooks, Nothing).await;
    // So does a server in Go that cannot encode its reply, and it makes no other stream.
    api.abort();
    plugin.logged(&["\"@level\":\"warn\"", "the stream of the server's API is lost"]).await;
    plugin.logged(&["\"stopping\"", "the stream of the server's API is lost"]).await;
    drop((hooks, host));
    assert_eq!(plugin.ended().await.code(), Some(4));
}

#[tokio::test]
async fn a_host_that_closes_its_connection_has_lost_no_stream() {
    let plugin = start(FIXTURE, &[]).await;
    let mut host = NetRpcHost::connect(&plugin).await;
    let hooks = host.hooks().await;
    host.activate(&hooks, Nothing).await;
    drop((hooks, host));
    let ended = plugin.ended().await;
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    assert!(!ended.stderr.contains("is lost"), "{}", ended.stderr);
}

#[tokio::test]
async fn a_stream_that_is_lost_after_the_end_was_begun_is_no_failure() {
    let mut plugin = start(FIXTURE, &[]).await;
    let mut host = NetRpcHost::connect(&plugin).await;
    let hooks = host.hooks().await;
    let api = host.activate(&hooks, Nothing).await;
    let id = Pid::from_raw(i32::try_from(plugin.id()).unwrap()).unwrap();
    kill_process(id, Signal::TERM).unwrap();
    plugin.logged(&["\"stopping\"", "SIGTERM"]).await;
    api.abort();
    let ended = plugin.ended().await;
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    assert!(!ended.stderr.contains("is lost"), "{}", ended.stderr);
}
