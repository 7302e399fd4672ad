//! `hookwright call`: its child ends with it, whatever happens.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests may fail like tests")]

mod program;

use std::path::Path;

use hookwright_tests::{Output, PATIENCE, Plugin, run};
use program::hookwright;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

const CREATED: [&str; 4] =
    ["call", "UserHasBeenCreated", "--json", r#"{ "user": { "id": "u1" } }"#];

/// The child listens on a socket in this folder, which is gone when the child has ended in order.
fn with_socket_in(folder: &Path, mut command: Command) -> Command {
    command.env("HOOKWRIGHT_LISTEN", "unix").env("TMPDIR", folder);
    command
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).unwrap().next().is_none()
}

/// A server whose API takes a connection and never answers, so that the welcome plugin waits.
struct Silence {
    listener: TcpListener,
}

impl Silence {
    async fn new() -> Self {
        Self { listener: TcpListener::bind("127.0.0.1:0").await.unwrap() }
    }

    fn address(&self) -> String {
        self.listener.local_addr().unwrap().to_string()
    }

    /// Waits until a plugin is waiting for this server.
    async fn called(&self) -> TcpStream {
        let accepted = tokio::time::timeout(PATIENCE, self.listener.accept()).await;
        accepted.expect("the plugin calls").unwrap().0
    }
}

/// Waits until the other side of a connection has gone.
async fn closed(mut stream: TcpStream) {
    let mut rest = Vec::new();
    // Closed or reset: either way nobody holds it.
    let gone = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut rest)).await;
    let _ = gone.expect("the plugin process ends");
}

/// Runs `command` until its child waits for the silent server, sends it a signal, and waits until
/// both have ended.
async fn interrupted(mut command: Command, signal: Signal) -> Output {
    let silence = Silence::new().await;
    command.env("MATTERMOST_PLUGIN_API_TARGET", silence.address());
    let child = command.spawn().unwrap();
    let stream = silence.called().await;
    send(&child, signal);
    let ended = tokio::time::timeout(PATIENCE, child.wait_with_output()).await.unwrap().unwrap();
    closed(stream).await;
    Output {
        status: ended.status,
        stdout: String::from_utf8(ended.stdout).unwrap(),
        stderr: String::from_utf8(ended.stderr).unwrap(),
    }
}

fn send(child: &Child, signal: Signal) {
    let pid = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)).expect("it runs");
    kill_process(pid, signal).unwrap();
}

#[tokio::test]
async fn the_child_ends_in_order_whatever_the_answer_is() {
    for (arguments, code) in [
        (&["call", "MessageWillBePosted"][..], 0),
        (&["call", "ExecuteCommand"], 10),
        (&CREATED, 1),
        (&["call", "OnActivate", "--json", "{"], 2),
    ] {
        let folder = TempDir::new().unwrap();
        let ended = run(with_socket_in(folder.path(), hookwright(arguments))).await;
        assert_eq!(ended.code(), Some(code), "{arguments:?}: {}", ended.stderr);
        assert_eq!(ended.stderr.contains("unix:"), code != 2, "{}", ended.stderr);
        assert!(is_empty(folder.path()), "{arguments:?}: the child's socket is still there");
    }
}

#[tokio::test]
async fn a_signal_to_a_waiting_call_ends_the_child_too() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let ended = interrupted(hookwright(&CREATED), signal).await;
        assert_eq!((ended.code(), ended.stdout.as_str()), (Some(code), ""), "{}", ended.stderr);
        let number = format!("ended by signal {}", code - 128);
        assert!(ended.stderr.contains(&number), "{}", ended.stderr);
    }
}

#[tokio::test]
async fn a_signal_ends_the_child_in_order() {
    let folder = TempDir::new().unwrap();
    let command = with_socket_in(folder.path(), hookwright(&CREATED));
    let ended = interrupted(command, Signal::INT).await;
    assert!(is_empty(folder.path()), "the child's socket is still there: {}", ended.stderr);
}

#[tokio::test]
async fn a_signal_to_a_call_of_another_process_leaves_that_running() {
    let silence = Silence::new().await;
    let mut serve = hookwright(&["serve", "--standalone"]);
    serve.env("MATTERMOST_PLUGIN_API_TARGET", silence.address());
    let plugin = Plugin::start(serve).await;
    let mut child = hookwright(&CREATED);
    let child = child.args(["--target", plugin.address()]).spawn().unwrap();
    let _stream = silence.called().await;
    send(&child, Signal::INT);
    let ended = tokio::time::timeout(PATIENCE, child.wait_with_output()).await.unwrap().unwrap();
    assert_eq!((ended.status.code(), ended.stdout.as_slice()), (Some(130), &[][..]));

    let next = hookwright(&["call", "MessageWillBePosted", "--target", plugin.address()]);
    assert_eq!(run(next).await.code(), Some(0));
    assert_eq!(plugin.shut_down().await.code(), Some(0));
}

#[tokio::test]
async fn a_call_that_takes_longer_than_asked_for_is_a_status_and_ends_the_child() {
    let folder = TempDir::new().unwrap();
    let command = hookwright(&["call", "MessageWillBePosted", "--timeout=0s"]);
    let ended = run(with_socket_in(folder.path(), command)).await;
    assert_eq!((ended.code(), ended.stdout.as_str()), (Some(1), ""), "{}", ended.stderr);
    assert!(ended.stderr.contains("\nDEADLINE_EXCEEDED: "), "{}", ended.stderr);
    assert!(is_empty(folder.path()), "the child's socket is still there");
}
