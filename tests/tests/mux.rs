//! All connections of a host through one socket, over yamux.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use hookwright_proto::go_plugin::Empty;
use hookwright_proto::go_plugin::grpc_controller_client::GrpcControllerClient;
use hookwright_tests::broker::{
    HostStream, MuxHost, answer, assert_echo, assert_health, begin, channel_over, tell,
};
use hookwright_tests::{Plugin, hosted, run};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;
use tonic::transport::Channel;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture-broker");

fn multiplexed(value: &str) -> Command {
    let mut command = hosted(FIXTURE);
    command.env("PLUGIN_MULTIPLEX_GRPC", value);
    command
}

async fn host(plugin: &Plugin) -> (MuxHost, Channel, HostStream) {
    let mux = MuxHost::new(plugin.socket().await);
    let channel = channel_over(mux.open().await).await.unwrap();
    let stream = HostStream::open(&channel).await;
    (mux, channel, stream)
}

#[tokio::test]
async fn it_is_spoken_and_said_when_it_is_asked_for_in_any_way_that_go_knows() {
    for value in ["true", "1", "t", "T", "TRUE", "True"] {
        let plugin = Plugin::start(multiplexed(value)).await;
        assert!(plugin.line.ends_with("|grpc||true\n"), "{value}: {}", plugin.line);
        let (_mux, channel, _stream) = host(&plugin).await;
        assert_eq!(tell(&channel, "nothing").await, "expected health, check, echo or say");
    }
}

#[tokio::test]
async fn it_is_not_spoken_when_it_is_not_asked_for() {
    for value in ["false", "0", "f", "F", "FALSE", "False", ""] {
        let plugin = Plugin::start(multiplexed(value)).await;
        assert!(plugin.line.ends_with("|grpc|\n"), "{value}: {}", plugin.line);
        plugin.assert_healthy().await;
    }
}

#[tokio::test]
async fn a_wish_that_is_no_bool_is_refused_at_the_start() {
    let refusal = run(multiplexed("maybe")).await.refusal(2);
    assert_eq!(
        refusal,
        "PLUGIN_MULTIPLEX_GRPC is \"maybe\": expected a bool as Go writes it: true, false, 1 or 0"
    );
}

#[tokio::test]
async fn the_host_knocks_and_its_next_stream_is_for_that_id() {
    let plugin = Plugin::start(multiplexed("true")).await;
    let (mux, channel, mut stream) = host(&plugin).await;
    assert_eq!(tell(&channel, "health").await, "1");
    assert_eq!(tell(&channel, "echo").await, "2");
    for _ in 0..3 {
        for id in [2, 1] {
            stream.knock(id, false, "").await;
            assert_eq!(stream.knocked(id, true).await, "");
            match id {
                1 => assert_health(mux.open().await).await,
                _ => assert_echo(mux.open().await).await,
            }
        }
    }
    // Without a knock it is one for calls.
    let second = channel_over(mux.open().await).await.unwrap();
    assert_eq!(tell(&second, "nothing").await, "expected health, check, echo or say");
}

#[tokio::test]
async fn a_knock_before_somebody_listens_is_answered_when_somebody_does() {
    let plugin = Plugin::start(multiplexed("true")).await;
    let (mux, channel, mut stream) = host(&plugin).await;
    stream.knock(6, false, "").await;
    assert_eq!(tell(&channel, "echo 6").await, "6");
    assert_eq!(stream.knocked(6, true).await, "");
    assert_echo(mux.open().await).await;
}

#[tokio::test]
async fn a_knock_where_nobody_listens_is_refused_and_calls_go_on_meanwhile() {
    let plugin = Plugin::start(multiplexed("true")).await;
    let (mux, channel, mut stream) = host(&plugin).await;
    stream.knock(99, false, "").await;
    assert_eq!(tell(&channel, "echo").await, "1");
    stream.knock(1, false, "").await;
    assert_eq!(stream.knocked(1, true).await, "", "it does not wait for the other one");
    assert_echo(mux.open().await).await;
    assert_eq!(stream.knocked(99, true).await, "no listener for id 99");
}

#[tokio::test]
async fn the_plugin_knocks_and_its_next_stream_is_for_that_id() {
    let plugin = Plugin::start(multiplexed("true")).await;
    let (mut mux, channel, mut stream) = host(&plugin).await;
    let call = begin(&channel, "say 3 hello");
    stream.knocked(3, false).await;
    assert!(!mux.has_more(), "not before the host has answered");
    stream.knock(3, true, "").await;
    answer(mux.accept().await).await;
    assert_eq!(call.await.unwrap(), "hello, says the host");
}

#[tokio::test]
async fn the_plugin_knocks_again_only_when_the_stream_before_has_been_taken() {
    let plugin = Plugin::start(multiplexed("true")).await;
    let (mut mux, channel, mut stream) = host(&plugin).await;
    let calls: Vec<_> = ["say 1 one", "say 2 two", "say 3 three"]
        .into_iter()
        .map(|text| begin(&channel, text))
        .collect();
    for _ in &calls {
        let knock = stream.next().await.unwrap();
        assert!(!mux.has_more(), "the stream before was taken");
        stream.knock(knock.service_id, true, "").await;
        let mut heard = mux.accept().await;
        let mut word = [0; 3];
        heard.read_exact(&mut word).await.unwrap();
        let expected = ["one", "two", "thr"][knock.service_id as usize - 1];
        assert_eq!(word, expected.as_bytes(), "it is for the id of the knock before it");
        heard.write_all(expected.as_bytes()).await.unwrap();
        heard.shutdown().await.unwrap();
    }
    for (call, expected) in calls.into_iter().zip(["one", "two", "thr"]) {
        assert_eq!(call.await.unwrap(), expected);
    }
}

#[tokio::test]
async fn a_host_that_refuses_a_knock_or_does_not_answer_is_quoted() {
    let plugin = Plugin::start(multiplexed("true")).await;
    let (_mux, channel, mut stream) = host(&plugin).await;
    let call = begin(&channel, "say 8 hello");
    stream.knocked(8, false).await;
    stream.knock(8, true, "no listener for id 8").await;
    assert_eq!(call.await.unwrap(), "the host refused connection 8: no listener for id 8");

    let call = begin(&channel, "say 9 hello");
    stream.knocked(9, false).await;
    assert_eq!(
        call.await.unwrap(),
        "timeout waiting for multiplexing knock handshake on id 9: the host has not answered within \
         5 s"
    );
}

#[tokio::test]
async fn who_else_connects_does_not_take_the_place_of_the_host() {
    let mut plugin = Plugin::start(multiplexed("true")).await;
    let _silent = plugin.socket().await;
    drop(plugin.socket().await);
    let mut junk = plugin.socket().await;
    junk.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
    plugin.logged(&["a multiplexed connection was closed"]).await;
    let (_mux, channel, _stream) = host(&plugin).await;
    assert_eq!(tell(&channel, "echo").await, "1");
    // Nobody waits for the silent one.
    GrpcControllerClient::new(channel).shutdown(Empty {}).await.unwrap();
    assert_eq!(plugin.ended().await.code(), Some(0));
}

#[tokio::test]
async fn at_the_end_no_socket_is_left_and_the_connection_is_closed_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = multiplexed("true");
    command.env("PLUGIN_UNIX_SOCKET_DIR", folder.path());
    let plugin = Plugin::start(command).await;
    let (mux, channel, mut stream) = host(&plugin).await;
    tell(&channel, "echo").await;
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "one socket is enough");
    GrpcControllerClient::new(channel.clone()).shutdown(Empty {}).await.unwrap();
    assert_eq!(stream.next().await, None, "the plugin ends the broker's stream");
    drop((channel, stream));
    mux.ended().await;
    let ended = plugin.ended().await;
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    assert!(!ended.stderr.contains(r#""@level":"error""#), "{}", ended.stderr);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
