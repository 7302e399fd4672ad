//! The host side: plugins that are launched, looked after and ended from Rust.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookwright_runtime::host::{
    HookClient, LaunchError, Launcher, LogLine, Reattach, State, Supervised, Supervision,
};
use hookwright_runtime::log::Level;
use hookwright_tests::PATIENCE;
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use tokio::sync::watch;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");

/// Short times, for tests that wait for them to pass.
const QUICK: Supervision = Supervision {
    ping_every: Duration::from_millis(20),
    ping_timeout: Duration::from_secs(5),
    first_pause: Duration::from_millis(1),
    longest_pause: Duration::from_millis(5),
    most_failures: 3,
    window: Duration::from_secs(600),
    grace: Duration::from_secs(5),
};

#[tokio::test]
async fn a_plugin_that_is_killed_is_started_again() {
    let plugin = Supervised::start(fixture(), QUICK);
    let mut state = plugin.state();
    let (_, first) = running(&mut state).await;
    kill_process(first, Signal::KILL).unwrap();
    becomes(&mut state, |state| matches!(state, State::Pausing { .. })).await;
    let (client, second) = running(&mut state).await;
    assert_ne!(first, second);
    assert!(client.implemented(PATIENCE).await.unwrap().contains(&"OnActivate".to_owned()));
    plugin.stop().await;
    assert!(matches!(*state.borrow(), State::Stopped));
    assert!(test_kill_process(second).is_err(), "it is left behind");
}

#[tokio::test]
async fn a_plugin_that_does_not_start_is_given_up_after_so_many_times() {
    let log = Arc::new(Mutex::new(0));
    let started = Arc::clone(&log);
    let launcher = Launcher::new("/bin/sh", Arc::new(move |_: LogLine| *log.lock().unwrap() += 1));
    let launcher = launcher.argument("-c").argument("echo here >&2; exit 7");
    let plugin = Supervised::start(launcher, QUICK);
    let fault = tokio::time::timeout(PATIENCE, plugin.running()).await.unwrap().unwrap_err();
    assert!(fault.contains("exit status: 7"), "{fault}");
    assert_eq!(*started.lock().unwrap(), QUICK.most_failures);
    let again = plugin.running().await.unwrap_err();
    assert_eq!(again, fault);
    plugin.stop().await;
}

#[tokio::test]
async fn a_plugin_that_does_not_answer_is_ended_and_given_up_in_the_end() {
    // Nobody listens there, and it would live for long.
    let launcher = Launcher::new("/bin/sh", Arc::new(|_: LogLine| ()));
    let launcher = launcher
        .argument("-c")
        .argument("echo '1|1|unix|/nonexistent/socket|grpc|'; exec sleep 1000");
    let quick = Supervision { grace: Duration::from_millis(10), ..QUICK };
    let plugin = Supervised::start(launcher, quick);
    let mut state = plugin.state();
    let given_up = becomes(&mut state, |state| matches!(state, State::GivenUp { .. })).await;
    let State::GivenUp { fault } = given_up else { panic!("{given_up:?}") };
    assert!(fault.starts_with("the process does not answer when asked for its health"), "{fault}");
}

#[tokio::test]
async fn a_plugin_of_another_version_is_refused() {
    let error = fixture().versions([7, 8]).launch().await.unwrap_err();
    assert!(matches!(error, LaunchError::Version { version: 1, .. }), "{error}");
    assert_eq!(
        error.to_string(),
        "the plugin speaks version 1 of the protocol, and here it is [7, 8]"
    );
}

#[tokio::test]
async fn what_a_plugin_logs_is_read_with_its_level_and_fields() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&lines);
    let log = move |line: LogLine| kept.lock().unwrap().push(line);
    let child = Launcher::new(FIXTURE, Arc::new(log)).launch().await.unwrap();
    let ended = child.stop(PATIENCE).await.unwrap();
    assert!(ended.status.success() && !ended.killed);
    let lines = lines.lock().unwrap();
    let serving = lines.iter().find(|line| line.message == "serving").unwrap();
    assert_eq!(serving.level, Level::Info);
    assert!(serving.fields["address"].is_string() && serving.timestamp.is_some());
}

#[tokio::test]
async fn a_plugin_of_somebody_else_is_reached_and_ended() {
    let mut child = on_a_port_of_its_own().launch().await.unwrap();
    let printed = serde_json::to_string(&child.reattach().unwrap()).unwrap();
    let reattach: Reattach = printed.parse().unwrap();
    let client = reattach.connect().await.unwrap();
    assert!(client.is_serving().await.unwrap());
    let (killed, status) = tokio::join!(reattach.stop(&client, PATIENCE), child.wait());
    assert!(!killed && status.unwrap().success());
    let error = reattach.connect().await.unwrap_err().to_string();
    assert!(error.starts_with("nobody listens at 127.0.0.1:"), "{error}");

    let in_test = Reattach { test: true, ..reattach };
    assert!(!in_test.stop(&client, PATIENCE).await);
    for wrong in ["", "{}", r#"{"Protocol":"grpc","Pid":1,"Addr":{}}"#] {
        let error = wrong.parse::<Reattach>().unwrap_err().to_string();
        assert!(error.starts_with("not what a plugin prints for reattaching"), "{error}");
    }
}

#[tokio::test]
async fn a_plugin_that_is_left_lives_on_and_is_reached_again() {
    let folder = tempfile::tempdir().unwrap();
    for launcher in
        [on_a_port_of_its_own(), fixture().variable("PLUGIN_UNIX_SOCKET_DIR", folder.path())]
    {
        let launcher = launcher.variable("HOOKWRIGHT_OUTLIVE_HOST", "on");
        let child = launcher.launch().await.unwrap();
        let reattach = child.reattach().unwrap();
        child.leave();
        let client = reattach.connect().await.unwrap();
        assert!(client.implemented(PATIENCE).await.unwrap().contains(&"OnActivate".to_owned()));
        assert!(!reattach.stop(&client, PATIENCE).await, "it had to be killed");
        reattach.connect().await.unwrap_err();
    }
}

/// On a port that the next plugin is not given as soon as it is free.
fn on_a_port_of_its_own() -> Launcher {
    fixture().variable("PLUGIN_MIN_PORT", "0").variable("PLUGIN_MAX_PORT", "0")
}

fn fixture() -> Launcher {
    Launcher::new(FIXTURE, Arc::new(|_: LogLine| ()))
}

async fn running(state: &mut watch::Receiver<State>) -> (HookClient, Pid) {
    let running = becomes(state, |state| matches!(state, State::Running { .. })).await;
    let State::Running { client, id } = running else { panic!("{running:?}") };
    (client, Pid::from_raw(i32::try_from(id.unwrap()).unwrap()).unwrap())
}

async fn becomes(state: &mut watch::Receiver<State>, is: fn(&State) -> bool) -> State {
    tokio::time::timeout(PATIENCE, state.wait_for(is)).await.unwrap().unwrap().clone()
}
