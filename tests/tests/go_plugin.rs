//! A plugin in Go, on HashiCorp's own go-plugin, launched by the Rust host.
//!
//! Not run by `cargo test` alone, because it needs Go: `.ci/run` builds the plugin in
//! `tests/go-host/plugin`, names it in `HOOKWRIGHT_GO_PLUGIN`, and runs this by its name.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use hookwright_proto::mattermost::{CommandArgs, ExecuteCommandRequest, ExecuteCommandResponse};
use hookwright_runtime::host::{
    Child, HookClient, LaunchError, Launcher, LogLine, LogSink, Output, State, Supervised,
    Supervision,
};
use hookwright_runtime::log::Level;
use hookwright_tests::PATIENCE;
use prost::Message as _;
use tempfile::TempDir;
use tokio::sync::watch;
use tonic::{Code, Status};

/// A plugin in Go, what it logged, and what it printed.
struct Go {
    child: Child,
    log: watch::Receiver<Vec<LogLine>>,
    printed: watch::Receiver<BTreeMap<bool, Vec<u8>>>,
    _folder: TempDir,
}

#[tokio::test]
async fn a_plugin_in_go_is_launched_called_and_ended_in_order() {
    let go = Go::launch().await;
    assert!(go.child.client().is_serving().await.unwrap());
    let implemented = go.child.client().implemented(PATIENCE).await.unwrap();
    assert_eq!(implemented, ["ExecuteCommand"]);
    assert_eq!(go.tell("echo hello").await.unwrap(), "hello");
    go.ends_well().await;
}

#[tokio::test]
async fn it_speaks_tls_when_it_is_asked_to() {
    let folder = TempDir::new().unwrap();
    let launcher = launcher(&folder, Arc::new(|_: LogLine| ())).auto_mtls();
    let child = launcher.launch().await.unwrap();
    assert_eq!(child.client().implemented(PATIENCE).await.unwrap(), ["ExecuteCommand"]);
    let stranger = HookClient::new(child.target().channel());
    stranger.implemented(PATIENCE).await.unwrap_err();
    let ended = child.stop(PATIENCE).await.unwrap();
    assert!(ended.status.success() && !ended.killed, "{ended:?}");
}

#[tokio::test]
async fn it_is_reached_by_a_second_host_and_ended_by_that() {
    let mut go = Go::launch().await;
    let reattach = go.child.reattach().unwrap();
    let client = reattach.connect().await.unwrap();
    assert_eq!(client.implemented(PATIENCE).await.unwrap(), ["ExecuteCommand"]);
    // It is a child of this process, which has to wait for it before it is gone.
    let (killed, ended) = tokio::join!(reattach.stop(&client, PATIENCE), go.child.wait());
    assert!(!killed && ended.unwrap().success());
}

#[tokio::test]
async fn it_is_started_again_when_it_has_died() {
    let folder = TempDir::new().unwrap();
    let launcher = launcher(&folder, Arc::new(|_: LogLine| ()));
    let plugin = Supervised::start(launcher, Supervision::default());
    let first = plugin.running().await.unwrap();
    let mut state = plugin.state();
    let args = CommandArgs { command: "exit".to_owned(), ..CommandArgs::default() };
    let request = ExecuteCommandRequest { args: Some(args), ..Default::default() };
    first.call("ExecuteCommand", request.encode_to_vec().into(), PATIENCE).await.unwrap_err();
    let pausing = state.wait_for(|state| matches!(state, State::Pausing { .. }));
    let fault = match &*tokio::time::timeout(PATIENCE, pausing).await.unwrap().unwrap() {
        State::Pausing { fault, .. } => fault.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(fault, "the process ended (exit status: 7)");
    let second = plugin.running().await.unwrap();
    assert_eq!(second.implemented(PATIENCE).await.unwrap(), ["ExecuteCommand"]);
    plugin.stop().await;
}

#[tokio::test]
async fn replies_of_32_mib_are_taken() {
    let go = Go::launch().await;
    assert_eq!(go.tell("long").await.unwrap().len(), 32 << 20);
    go.ends_well().await;
}

#[tokio::test]
async fn an_error_of_a_handler_in_go_is_a_status() {
    let go = Go::launch().await;
    let status = go.tell("dance").await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::Unknown, "there is no command \"dance\""));
    go.ends_well().await;
}

#[tokio::test]
async fn what_it_logs_is_read_at_its_level_with_its_fields() {
    let mut go = Go::launch().await;
    go.tell("log of hclog").await.unwrap();
    let of_hclog = |log: &Vec<LogLine>| {
        log.iter().filter(|line| line.message == "of hclog").cloned().collect::<Vec<_>>()
    };
    let log = go.log.wait_for(|log| of_hclog(log).len() == 5);
    let lines = of_hclog(&*tokio::time::timeout(PATIENCE, log).await.unwrap().unwrap());
    let levels: Vec<_> = lines.iter().map(|line| line.level).collect();
    assert_eq!(levels, [Level::Trace, Level::Debug, Level::Info, Level::Warn, Level::Error]);
    assert_eq!((&lines[2].fields["number"], &lines[2].fields["text"]), (&7.into(), &"ü".into()));
    assert_eq!(lines[2].module.as_deref(), Some("tiny"));
    go.ends_well().await;
}

#[tokio::test]
async fn what_it_prints_comes_on_its_channel() {
    let mut go = Go::launch().await;
    go.tell("print to stdout, without an end of line").await.unwrap();
    go.tell("complain to stderr").await.unwrap();
    let both = go.printed.wait_for(|printed| {
        printed.get(&true).is_some_and(|out| out == b"to stdout, without an end of line")
            && printed.get(&false).is_some_and(|err| err == b"to stderr")
    });
    tokio::time::timeout(PATIENCE, both).await.unwrap().unwrap();
    go.ends_well().await;
}

#[tokio::test]
async fn what_nobody_wants_to_see_does_not_hold_it_up() {
    let folder = TempDir::new().unwrap();
    let child = launcher(&folder, Arc::new(|_: LogLine| ())).launch().await.unwrap();
    let (_, printed) = watch::channel(BTreeMap::new());
    let go = Go { child, log: watch::channel(Vec::new()).1, printed, _folder: folder };
    // A plugin in Go waits until its host has read what it prints.
    go.tell(&format!("print {}", "x".repeat(1 << 20))).await.unwrap();
    go.ends_well().await;
}

#[tokio::test]
async fn variables_of_our_own_host_do_not_reach_it() {
    let go = Go::launch().await;
    let told = go.tell("variables").await.unwrap();
    let mut told: Vec<_> = told.split(' ').filter(|name| *name != "PLUGIN_CLIENT_CERT").collect();
    told.sort_unstable();
    assert_eq!(told, ["PLUGIN_MAX_PORT", "PLUGIN_MIN_PORT", "PLUGIN_PROTOCOL_VERSIONS"]);
    go.ends_well().await;
}

#[tokio::test]
async fn a_panic_in_go_is_an_error_in_the_log_and_the_end() {
    let mut go = Go::launch().await;
    let status = go.tell("panic in the middle").await.unwrap_err();
    assert!(matches!(status.code(), Code::Unavailable | Code::Unknown), "{status:?}");
    let ended = tokio::time::timeout(PATIENCE, go.child.wait()).await.unwrap().unwrap();
    assert_eq!(ended.code(), Some(2));
    let log = go.log.wait_for(|log| {
        let of = |text: &str| log.iter().find(|line| line.message.contains(text));
        of("panic: in the middle").is_some_and(|line| line.level == Level::Error)
            && of("goroutine").is_some_and(|line| line.level == Level::Error)
    });
    tokio::time::timeout(PATIENCE, log).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_line_before_the_handshake_is_named() {
    let folder = TempDir::new().unwrap();
    let launcher = launcher(&folder, Arc::new(|_: LogLine| ())).argument("banner");
    let error = launcher.launch().await.unwrap_err();
    assert!(matches!(error, LaunchError::Handshake(_)), "{error}");
    assert!(error.to_string().contains("a line that is no handshake"), "{error}");
}

/// Its socket goes into the folder: a plugin in Go that is killed leaves it behind.
fn launcher(folder: &TempDir, log: LogSink) -> Launcher {
    let program = std::env::var_os("HOOKWRIGHT_GO_PLUGIN")
        .unwrap_or_else(|| panic!("HOOKWRIGHT_GO_PLUGIN has to name the plugin; see .ci/run"));
    Launcher::new(program, log).variable("TMPDIR", folder.path())
}

impl Go {
    async fn launch() -> Self {
        let (lines, log) = watch::channel(Vec::new());
        let (pieces, printed) = watch::channel(BTreeMap::<bool, Vec<u8>>::new());
        let sink = move |line: LogLine| lines.send_modify(|lines| lines.push(line));
        let output = move |which: Output, piece: Bytes| {
            pieces.send_modify(|printed| {
                printed.entry(which == Output::Stdout).or_default().extend_from_slice(&piece);
            });
        };
        let folder = TempDir::new().unwrap();
        let launcher = launcher(&folder, Arc::new(sink)).output(Arc::new(output));
        Self { child: launcher.launch().await.unwrap(), log, printed, _folder: folder }
    }

    /// Has it do something, and returns the text of its answer.
    async fn tell(&self, command: &str) -> Result<String, Status> {
        let args = CommandArgs { command: command.to_owned(), ..CommandArgs::default() };
        let request = ExecuteCommandRequest { args: Some(args), ..Default::default() };
        let reply = self
            .child
            .client()
            .call("ExecuteCommand", request.encode_to_vec().into(), PATIENCE)
            .await?;
        Ok(ExecuteCommandResponse::decode(reply).unwrap().response.unwrap_or_default().text)
    }

    /// Ends it as a host does: it ends by itself, with 0.
    async fn ends_well(self) {
        let ended = self.child.stop(PATIENCE).await.unwrap();
        assert!(ended.status.success() && !ended.killed, "{ended:?}");
    }
}
