//! Where a process listens: a port of a range, or a unix socket that does not outlive it.

#![allow(clippy::expect_used, reason = "helpers of tests may fail like tests")]

use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

use hookwright_proto::go_plugin::Empty;
use hookwright_proto::go_plugin::grpc_controller_client::GrpcControllerClient;
use hookwright_proto::mattermost::plugin_hooks_client::PluginHooksClient;
use hookwright_runtime::connect::Target;
use hookwright_tests::ask::{post, update};
use hookwright_tests::{Plugin, hosted, run};
use rustix::process::{Pid, Signal, getgid, kill_process};
use tokio::process::Command;
use tonic::transport::Channel;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");

fn in_range(first: u16, last: u16) -> Command {
    let mut command = hosted(FIXTURE);
    command.env("PLUGIN_MIN_PORT", first.to_string()).env("PLUGIN_MAX_PORT", last.to_string());
    command
}

/// A port that is taken for as long as the listener lives.
fn taken() -> (TcpListener, u16) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    (listener, port)
}

/// Takes a port with two free ones after it. Others may take those meanwhile, which is why those
/// who ask for them have to try again.
fn taken_before_two_free() -> (TcpListener, u16) {
    let free = |port: u16| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
    let followed = |(_, port): &(TcpListener, u16)| {
        port.checked_add(2).is_some_and(|second| free(second - 1) && free(second))
    };
    std::iter::repeat_with(taken).take(100).find(followed).expect("free ports in a row")
}

#[tokio::test]
async fn of_a_range_the_first_free_port_is_taken() {
    let mut got = Vec::new();
    for _ in 0..3 {
        let (_listener, first) = taken_before_two_free();
        let plugin = Plugin::start(in_range(first, first + 2)).await;
        if plugin.line == format!("1|1|tcp|127.0.0.1:{}|grpc|\n", first + 1) {
            plugin.assert_serves().await;
            return;
        }
        got.push((first, plugin.line.clone()));
    }
    panic!("not the second port: {got:?}");
}

#[tokio::test]
async fn a_range_without_a_free_port_is_named_and_the_exit_code_is_3() {
    let (_listener, port) = taken();
    let refusal = run(in_range(port, port)).await.refusal(3);
    assert_eq!(refusal, format!("no port from {port} to {port} is free on 127.0.0.1"));
}

fn in_folder(folder: &Path) -> Command {
    let mut command = hosted(FIXTURE);
    command.env("PLUGIN_UNIX_SOCKET_DIR", folder);
    command
}

async fn connect(plugin: &Plugin) -> Channel {
    let target: Target = format!("unix:{}", plugin.address()).parse().expect("an address");
    target.connect().await.expect("it listens")
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).expect("the folder is there").next().is_none()
}

#[tokio::test]
async fn a_socket_folder_of_the_host_gives_a_unix_socket_that_is_gone_after_shutdown() {
    let folder = tempfile::tempdir().unwrap();
    let plugin = Plugin::start(in_folder(folder.path())).await;
    let fields: Vec<_> = plugin.line.split('|').collect();
    assert_eq!(fields[..3], ["1", "1", "unix"], "{}", plugin.line);
    assert_eq!(fields[4..], ["grpc", "\n"], "{}", plugin.line);
    assert_eq!(Path::new(plugin.address()).parent(), Some(folder.path()));
    let socket = std::fs::metadata(plugin.address()).unwrap();
    assert!(socket.file_type().is_socket());
    assert_eq!(socket.mode() & 0o777, 0o600, "nobody else may connect");

    let channel = connect(&plugin).await;
    let mut hooks = PluginHooksClient::new(channel.clone());
    let reply = hooks.message_will_be_posted(post("reject")).await.unwrap().into_inner();
    assert_eq!(reply.rejection_reason, "Please mind your language.");

    GrpcControllerClient::new(channel).shutdown(Empty {}).await.unwrap();
    let ended = plugin.ended().await;
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    assert!(is_empty(folder.path()), "the socket was left behind");
}

#[tokio::test]
async fn the_socket_is_gone_after_sigterm_too_and_when_calls_had_to_be_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = in_folder(folder.path());
    command.env("HOOKWRIGHT_DRAIN_TIMEOUT", "200ms");
    let mut plugin = Plugin::start(command).await;
    let mut hooks = PluginHooksClient::new(connect(&plugin).await);
    let call =
        tokio::spawn(async move { hooks.message_will_be_posted(post("block for ever")).await });
    plugin.logged(&["begins to block"]).await;
    let pid = Pid::from_raw(i32::try_from(plugin.id()).unwrap()).unwrap();
    kill_process(pid, Signal::TERM).unwrap();
    let ended = plugin.ended().await;
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    assert!(is_empty(folder.path()), "the socket was left behind");
    call.await.unwrap().expect_err("nobody answers");
}

#[tokio::test]
async fn a_group_may_use_the_socket_when_the_host_names_one() {
    let folder = tempfile::tempdir().unwrap();
    let group = getgid().as_raw();
    let mut command = in_folder(folder.path());
    command.env("PLUGIN_UNIX_SOCKET_GROUP", group.to_string());
    let plugin = Plugin::start(command).await;
    let socket = std::fs::metadata(plugin.address()).unwrap();
    assert_eq!((socket.mode() & 0o777, socket.gid()), (0o660, group));
}

#[tokio::test]
async fn a_group_that_does_not_exist_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = in_folder(folder.path());
    command.env("PLUGIN_UNIX_SOCKET_GROUP", "no such group");
    let refusal = run(command).await.refusal(3);
    assert!(refusal.starts_with("there is no group \"no such group\""), "{refusal}");
}

#[tokio::test]
async fn a_folder_without_room_for_a_socket_is_refused_by_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let long = folder.path().join("x".repeat(200));
    std::fs::create_dir(&long).unwrap();
    let refusal = run(in_folder(&long)).await.refusal(3);
    assert!(refusal.starts_with("the path of the unix socket has 2"), "{refusal}");
    assert!(refusal.contains(" bytes and at most "), "{refusal}");
    assert!(refusal.contains(&long.display().to_string()), "{refusal}");

    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    for wrong in [folder.path().join("missing"), file.join("below")] {
        let refusal = run(in_folder(&wrong)).await.refusal(3);
        let expected = format!("cannot make a unix socket in the folder {}: ", wrong.display());
        assert!(refusal.starts_with(&expected), "{refusal}");
    }
    assert!(is_empty(&long), "something was left behind");
}

#[tokio::test]
async fn tcp_when_asked_for_beats_the_folder_of_the_host() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = in_folder(folder.path());
    command.env("HOOKWRIGHT_LISTEN", "tcp");
    let plugin = Plugin::start(command).await;
    assert!(plugin.line.starts_with("1|1|tcp|127.0.0.1:"), "{}", plugin.line);
    assert!(is_empty(folder.path()));
    plugin.assert_serves().await;
}

#[tokio::test]
async fn unix_when_asked_for_goes_to_the_folder_for_temporary_files() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = hosted(FIXTURE);
    command.env("HOOKWRIGHT_LISTEN", "unix").env("TMPDIR", folder.path());
    let plugin = Plugin::start(command).await;
    assert!(plugin.line.starts_with("1|1|unix|"), "{}", plugin.line);
    assert_eq!(Path::new(plugin.address()).parent(), Some(folder.path()));
    let mut hooks = PluginHooksClient::new(connect(&plugin).await);
    hooks.message_will_be_updated(update("fine")).await.unwrap();
}
