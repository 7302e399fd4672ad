//! A host that asks for TLS is the only one that is served, and served well.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use hookwright_proto::go_plugin::Empty;
use hookwright_proto::go_plugin::grpc_controller_client::GrpcControllerClient;
use hookwright_proto::mattermost::plugin_hooks_client::PluginHooksClient;
use hookwright_tests::ask::post;
use hookwright_tests::records::records;
use hookwright_tests::tls::{Host, Versions, anonymous, assert_hung_up, open};
use hookwright_tests::{PATIENCE, Plugin, by_hand, run};
use rcgen::{
    PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ECDSA_P521_SHA512, PKCS_ED25519,
    PKCS_RSA_SHA256,
};
use rustls::version::{TLS12, TLS13};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tonic::transport::Channel;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");

/// Each version by itself.
const VERSIONS: [Versions; 2] = [&[&TLS12], &[&TLS13]];

/// The curve of go-plugin's hosts.
fn a_host() -> Host {
    Host::new(&PKCS_ECDSA_P521_SHA512)
}

async fn assert_serves(channel: &Channel) {
    let mut hooks = PluginHooksClient::new(channel.clone());
    let reply = hooks.message_will_be_posted(post("reject")).await.unwrap().into_inner();
    assert_eq!(reply.rejection_reason, "Please mind your language.");
}

/// Ends the plugin as its host does.
async fn shut_down(plugin: Plugin, channel: Channel) -> String {
    GrpcControllerClient::new(channel).shutdown(Empty {}).await.unwrap();
    let ended = plugin.ended().await;
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    ended.stderr
}

fn assert_refused(stderr: &str, reason: &str, times: usize) {
    let is_it = |record: &&serde_json::Value| {
        record["@message"] == "a TLS handshake failed"
            && record["@level"] == "warn"
            && record["reason"].as_str().is_some_and(|text| text.contains(reason))
    };
    assert_eq!(records(stderr).iter().filter(is_it).count(), times, "{reason}:\n{stderr}");
}

#[tokio::test]
async fn a_host_with_a_key_of_any_usual_kind_is_served() {
    for kind in [
        &PKCS_ECDSA_P521_SHA512,
        &PKCS_ECDSA_P384_SHA384,
        &PKCS_ECDSA_P256_SHA256,
        &PKCS_RSA_SHA256,
        &PKCS_ED25519,
    ] {
        let host = Host::new(kind);
        let plugin = host.start(FIXTURE).await;
        let channel = host.channel(&plugin).await;
        assert_serves(&channel).await;
        let stderr = shut_down(plugin, channel).await;
        for record in records(&stderr) {
            assert_eq!(record["@level"], "info", "{kind:?}: {record}");
        }
    }
}

#[tokio::test]
async fn each_version_of_tls_from_1_2_on_is_spoken() {
    let host = a_host();
    let plugin = host.start(FIXTURE).await;
    for versions in VERSIONS {
        let mut stream = open(&plugin, host.config(&plugin, versions)).await.unwrap();
        assert_eq!(stream.get_ref().1.protocol_version(), Some(versions[0].version));
        // The server's settings, the first of all frames.
        let mut heard = [0; 9];
        stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.unwrap();
        stream.read_exact(&mut heard).await.unwrap();
        assert_eq!(heard[3], 4, "{heard:?}");
    }
}

#[tokio::test]
async fn over_a_unix_socket_it_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let host = a_host();
    let mut command = host.command(FIXTURE);
    command.env("PLUGIN_UNIX_SOCKET_DIR", folder.path());
    let plugin = Plugin::start(command).await;
    assert!(plugin.line.starts_with("1|1|unix|"), "{}", plugin.line);
    let channel = host.channel(&plugin).await;
    assert_serves(&channel).await;
    shut_down(plugin, channel).await;
    assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none());
}

#[tokio::test]
async fn each_process_has_a_certificate_of_its_own() {
    let host = a_host();
    let (one, other) = (host.start(FIXTURE).await, host.start(FIXTURE).await);
    assert_ne!(one.certificate(), other.certificate());
    // It is the key that counts: with the other's certificate in hand, the host finds no server.
    let config = host.config(&other, VERSIONS[1]);
    assert!(open(&one, config).await.is_err());
}

#[tokio::test]
async fn who_shows_no_certificate_or_another_or_one_without_its_key_is_refused_with_the_reason() {
    let host = a_host();
    let plugin = host.start(FIXTURE).await;
    let channel = host.channel(&plugin).await;
    for versions in VERSIONS {
        let (another, one_more, keyless) =
            (a_host(), Host::new(&PKCS_ED25519), host.with_key_of(a_host()));
        for config in [
            anonymous(&plugin, versions),
            another.config(&plugin, versions),
            one_more.config(&plugin, versions),
            keyless.config(&plugin, versions),
        ] {
            assert_hung_up(open(&plugin, config).await).await;
        }
    }
    assert_serves(&channel).await;
    assert_serves(&host.channel(&plugin).await).await;

    let stderr = shut_down(plugin, channel).await;
    assert_refused(&stderr, "the other side showed no certificate", 2);
    assert_refused(&stderr, "the other side showed another certificate", 4);
    assert_refused(&stderr, "does not have the key of the certificate that it showed", 2);
}

#[tokio::test]
async fn what_is_not_tls_is_refused_with_the_reason() {
    let host = a_host();
    let plugin = host.start(FIXTURE).await;
    for bytes in [
        &b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"[..],
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        &[0xff; 4096],
        &[0; 4096],
    ] {
        let mut socket = TcpStream::connect(plugin.address()).await.unwrap();
        socket.write_all(bytes).await.unwrap();
        let mut heard = Vec::new();
        let hung_up = tokio::time::timeout(PATIENCE, socket.read_to_end(&mut heard));
        // A reset is as good as an end.
        let _ = hung_up.await.expect("it hangs up");
    }
    let channel = host.channel(&plugin).await;
    assert_serves(&channel).await;
    let stderr = shut_down(plugin, channel).await;
    assert_refused(&stderr, "what the other side sent is not TLS", 4);
}

#[tokio::test]
async fn while_others_are_silent_or_stop_halfway_the_host_is_served_and_may_end_the_process() {
    let host = a_host();
    let mut command = host.command(FIXTURE);
    command.env("MATTERMOST_PLUGIN_LOG_LEVEL", "debug");
    let plugin = Plugin::start(command).await;
    let mut silent = Vec::new();
    for _ in 0..20 {
        // The head of a hello that promises 512 bytes, and some of them.
        for bytes in [&b""[..], b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03half"] {
            let mut socket = TcpStream::connect(plugin.address()).await.unwrap();
            socket.write_all(bytes).await.unwrap();
            silent.push(socket);
        }
    }
    // They have the certificate, and say nothing after the handshake.
    let mute = host.open(&plugin).await.unwrap();

    let channel = host.channel(&plugin).await;
    assert_serves(&channel).await;
    let stderr = shut_down(plugin, channel).await;
    assert!(!stderr.contains("their other side kept open"), "they were waited for:\n{stderr}");
    drop((silent, mute));
}

#[tokio::test]
async fn a_thousand_connects_and_disconnects_change_nothing() {
    let host = a_host();
    let plugin = host.start(FIXTURE).await;
    let channel = host.channel(&plugin).await;
    for number in 0..1000 {
        let mut socket = TcpStream::connect(plugin.address()).await.unwrap();
        if number % 100 == 0 {
            assert_serves(&host.channel(&plugin).await).await;
        }
        if number % 10 == 0 {
            socket.write_all(b"\x16\x03\x01\x02\0").await.unwrap();
        }
    }
    assert_serves(&channel).await;
    assert_serves(&host.channel(&plugin).await).await;
    let stderr = shut_down(plugin, channel).await;
    let refused = stderr.matches("a TLS handshake failed").count();
    assert!((1..=100).contains(&refused), "only who has said something is refused:\n{stderr}");
}

#[tokio::test]
async fn a_certificate_that_is_none_is_refused_at_start_and_not_repeated() {
    let right = a_host().pem();
    let middle = right.len() / 2;
    for (wrong, reason) in [
        ("nonsense", "expected one certificate in PEM"),
        (&right[..middle], "expected one certificate in PEM"),
        (&format!("{right}{right}"), "expected one certificate in PEM"),
        (&right.replace("CERTIFICATE", "PRIVATE KEY"), "expected one certificate in PEM"),
        (&right.replace("\nM", "\n*"), "something else than base64"),
        (&right.replace("\nM", "\nA"), "not an X.509 certificate"),
    ] {
        let mut command = a_host().command(FIXTURE);
        command.env("PLUGIN_CLIENT_CERT", wrong);
        let refusal = run(command).await.refusal(2);
        assert!(refusal.starts_with("PLUGIN_CLIENT_CERT: "), "{refusal}");
        assert!(refusal.contains(reason), "{wrong}: {refusal}");
        assert!(!refusal.contains(&right[30..60]), "{refusal}");
    }
}

#[tokio::test]
async fn without_a_host_there_is_no_tls() {
    let mut command = by_hand(FIXTURE);
    command.arg("standalone").env("PLUGIN_CLIENT_CERT", a_host().pem());
    let mut plugin = Plugin::start(command).await;
    plugin.logged(&["warn", "PLUGIN_CLIENT_CERT is ignored"]).await;
    plugin.assert_serves().await;
}
