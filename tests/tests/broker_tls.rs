//! Brokered connections under a host that asks for TLS.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::sync::Arc;

use hookwright_tests::Plugin;
use hookwright_tests::broker::{
    HostStream, MuxHost, answer, assert_echo, assert_health, begin, channel_over, dial, offer, tell,
};
use hookwright_tests::tls::Host;
use rcgen::PKCS_ECDSA_P521_SHA512;
use rustls::ALL_VERSIONS;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::client::TlsStream;
use tokio_rustls::{TlsAcceptor, TlsConnector};

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture-broker");

fn a_host() -> Host {
    Host::new(&PKCS_ECDSA_P521_SHA512)
}

async fn encrypt<S>(host: &Host, plugin: &Plugin, io: S) -> TlsStream<S>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    let connector = TlsConnector::from(Arc::new(host.config(plugin, ALL_VERSIONS)));
    connector.connect(ServerName::try_from("localhost").unwrap(), io).await.unwrap()
}

fn acceptor(host: &Host, plugin: &Plugin) -> TlsAcceptor {
    TlsAcceptor::from(Arc::new(host.server_config(plugin)))
}

#[tokio::test]
async fn what_the_plugin_accepts_is_encrypted_and_strangers_are_refused() {
    let host = a_host();
    let mut plugin = host.start(FIXTURE).await;
    let channel = host.channel(&plugin).await;
    let mut stream = HostStream::open(&channel).await;
    tell(&channel, "health").await;
    let offered = stream.offered(1).await;

    let mut plain = dial(&offered).await.unwrap();
    plain.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
    let mut heard = Vec::new();
    let _ = plain.read_to_end(&mut heard).await;
    plugin.logged(&["a TLS handshake failed", "not TLS"]).await;

    let encrypted = encrypt(&host, &plugin, dial(&offered).await.unwrap()).await;
    assert_health(encrypted).await;
}

#[tokio::test]
async fn what_the_plugin_dials_is_encrypted() {
    let host = a_host();
    let plugin = host.start(FIXTURE).await;
    let channel = host.channel(&plugin).await;
    let stream = HostStream::open(&channel).await;
    let offered = offer();
    offered.tell(&stream, 3).await;
    let call = begin(&channel, "say 3 hello");
    let encrypted = acceptor(&host, &plugin).accept(offered.accept().await).await.unwrap();
    answer(encrypted).await;
    assert_eq!(call.await.unwrap(), "hello, says the host");
}

#[tokio::test]
async fn each_stream_of_a_multiplexed_connection_is_encrypted() {
    let host = a_host();
    let mut command = host.command(FIXTURE);
    command.env("PLUGIN_MULTIPLEX_GRPC", "true");
    let plugin = Plugin::start(command).await;
    assert!(plugin.line.ends_with("|true\n"), "{}", plugin.line);
    let mut mux = MuxHost::new(plugin.socket().await);
    let main = encrypt(&host, &plugin, mux.open().await).await;
    let channel = channel_over(main).await.unwrap();
    let mut stream = HostStream::open(&channel).await;

    tell(&channel, "echo").await;
    stream.knock(1, false, "").await;
    assert_eq!(stream.knocked(1, true).await, "");
    assert_echo(encrypt(&host, &plugin, mux.open().await).await).await;

    let call = begin(&channel, "say 4 hello");
    stream.knocked(4, false).await;
    stream.knock(4, true, "").await;
    let encrypted = acceptor(&host, &plugin).accept(mux.accept().await).await.unwrap();
    answer(encrypted).await;
    assert_eq!(call.await.unwrap(), "hello, says the host");
}
