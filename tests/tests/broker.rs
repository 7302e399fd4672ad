//! Host and plugin agree on further connections, both ways, each with a socket of its own.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests may fail like tests")]

use std::path::Path;

use hookwright_proto::go_plugin::Empty;
use hookwright_proto::go_plugin::grpc_controller_client::GrpcControllerClient;
use hookwright_tests::broker::{
    HostStream, answer, assert_echo, assert_health, begin, dial, offer, tell,
};
use hookwright_tests::{Plugin, by_hand, hosted};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tonic::transport::Channel;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture-broker");

/// A plugin that makes its sockets in a folder of their own.
async fn with_folder() -> (Plugin, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = hosted(FIXTURE);
    command.env("PLUGIN_UNIX_SOCKET_DIR", folder.path());
    (Plugin::start(command).await, folder)
}

async fn host(plugin: &Plugin) -> (Channel, HostStream) {
    let channel = plugin.connect().await;
    let stream = HostStream::open(&channel).await;
    (channel, stream)
}

fn sockets(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

#[tokio::test]
async fn the_host_dials_what_the_plugin_accepts_as_often_as_it_likes() {
    let (plugin, folder) = with_folder().await;
    let (channel, mut stream) = host(&plugin).await;
    assert_eq!(tell(&channel, "health").await, "1", "ids begin at 1");
    let health = stream.offered(1).await;
    assert_eq!(health.network, "unix");
    assert_eq!(Path::new(&health.address).parent(), Some(folder.path()));
    for _ in 0..3 {
        assert_health(dial(&health).await.unwrap()).await;
    }
    assert_eq!(tell(&channel, "echo").await, "2");
    let echo = stream.offered(2).await;
    assert_ne!(echo.address, health.address, "each id has a socket of its own");
    assert_echo(dial(&echo).await.unwrap()).await;
}

#[tokio::test]
async fn without_a_socket_folder_the_plugin_accepts_on_a_port() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let (channel, mut stream) = host(&plugin).await;
    tell(&channel, "health").await;
    let offered = stream.offered(1).await;
    assert_eq!(offered.network, "tcp");
    assert!(offered.address.starts_with("127.0.0.1:"), "{offered:?}");
    assert_health(dial(&offered).await.unwrap()).await;
}

#[tokio::test]
async fn the_plugin_dials_what_the_host_has_announced_or_will() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let (channel, stream) = host(&plugin).await;
    let early = offer();
    early.tell(&stream, 7).await;
    early.serve_health().await;
    assert_eq!(tell(&channel, "check 7").await, "SERVING");

    let late = offer();
    let call = begin(&channel, "say 8 hello");
    plugin.logged(&["dials", r#""id":8"#]).await;
    late.tell(&stream, 8).await;
    answer(late.accept().await).await;
    assert_eq!(call.await.unwrap(), "hello, says the host");
}

#[tokio::test]
async fn an_id_that_the_host_does_not_accept_is_given_up_after_five_seconds() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let (channel, stream) = host(&plugin).await;
    // One for another id is none for this one, and each is for one dial.
    let other = offer();
    other.tell(&stream, 10).await;
    let told = tell(&channel, "say 9 hello").await;
    assert_eq!(
        told,
        "timeout waiting for connection info: the host has not accepted connection 9 within 5 s"
    );
}

#[tokio::test]
async fn where_the_host_says_that_it_accepts_nobody_may_be() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let (channel, stream) = host(&plugin).await;
    let gone = offer();
    gone.tell(&stream, 1).await;
    drop(gone);
    let told = tell(&channel, "say 1 hello").await;
    assert!(told.starts_with("connection 1 cannot be made: No such file"), "{told}");

    let mut strange = hookwright_proto::go_plugin::ConnInfo { service_id: 2, ..Default::default() };
    strange.network = "udp".to_owned();
    stream.send(strange).await;
    let told = tell(&channel, "say 2 hello").await;
    let expected = "the host offers the network \"udp\": expected unix or tcp";
    assert_eq!(told, format!("connection 2 cannot be made: {expected}"));
}

#[tokio::test]
async fn a_handler_that_comes_before_the_host_s_stream_waits_for_it() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let channel = plugin.connect().await;
    let call = begin(&channel, "echo");
    plugin.logged(&["accepts"]).await;
    let mut stream = HostStream::open(&channel).await;
    assert_eq!(call.await.unwrap(), "1");
    assert_echo(dial(&stream.offered(1).await).await.unwrap()).await;
}

#[tokio::test]
async fn without_a_stream_of_the_host_there_is_an_error_that_says_so() {
    let mut standalone = by_hand(FIXTURE);
    standalone.arg("standalone");
    for command in [hosted(FIXTURE), standalone] {
        let plugin = Plugin::start(command).await;
        let told = tell(&plugin.connect().await, "echo").await;
        assert_eq!(
            told,
            "the host has opened no broker stream within 5 s (GRPCBroker.StartStream), so there is \
             nobody to agree on connection 1 with"
        );
    }
}

#[tokio::test]
async fn an_id_has_one_listener_at_a_time() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let (channel, _stream) = host(&plugin).await;
    assert_eq!(tell(&channel, "echo 5").await, "5");
    let told = tell(&channel, "echo 5").await;
    assert_eq!(told, "connection 5 is being accepted already: each id has one listener at a time");
}

#[tokio::test]
async fn each_host_has_a_broker_of_its_own_that_ends_with_its_stream() {
    let (mut plugin, folder) = with_folder().await;
    let (first, mut first_stream) = host(&plugin).await;
    let (second, mut second_stream) = host(&plugin).await;
    assert_eq!(tell(&first, "echo").await, "1");
    assert_eq!(tell(&second, "echo").await, "1", "the ids of one host are not those of another");
    let of_first = first_stream.offered(1).await;
    let of_second = second_stream.offered(1).await;
    assert_ne!(of_first.address, of_second.address);
    assert_eq!(sockets(folder.path()), 3);

    drop(first_stream);
    plugin.logged(&["no longer accepted"]).await;
    dial(&of_first).await.unwrap_err();
    assert_eq!(sockets(folder.path()), 2, "its socket goes with it");
    let told = tell(&first, "echo").await;
    assert_eq!(told, "the host's broker stream has ended, and connection 2 with it");
    assert_echo(dial(&of_second).await.unwrap()).await;

    // It may come back.
    let mut again = HostStream::open(&first).await;
    assert_eq!(tell(&first, "echo").await, "3");
    assert_echo(dial(&again.offered(3).await).await.unwrap()).await;
}

#[tokio::test]
async fn no_socket_is_left_when_the_process_ends() {
    for by_signal in [false, true] {
        let (plugin, folder) = with_folder().await;
        let (channel, mut stream) = host(&plugin).await;
        for id in 1..=3 {
            tell(&channel, "echo").await;
            stream.offered(id).await;
        }
        assert_eq!(sockets(folder.path()), 4);
        if by_signal {
            let pid = Pid::from_raw(i32::try_from(plugin.id()).unwrap()).unwrap();
            kill_process(pid, Signal::TERM).unwrap();
        } else {
            GrpcControllerClient::new(channel).shutdown(Empty {}).await.unwrap();
        }
        assert_eq!(stream.next().await, None, "the plugin ends the stream");
        let ended = plugin.ended().await;
        assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
        assert_eq!(sockets(folder.path()), 0, "{}", ended.stderr);
    }
}
