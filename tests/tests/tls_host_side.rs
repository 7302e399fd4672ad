//! The Rust host with AutoMTLS: the plugin that it has launched, and no other.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::sync::Arc;
use std::time::Duration;

use hookwright_runtime::host::{LaunchError, Launcher};
use hookwright_tests::tls::Host;
use hookwright_tests::{PATIENCE, Plugin};
use rcgen::{PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P521_SHA512};

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");

fn launcher(program: &str) -> Launcher {
    Launcher::new(program, Arc::new(|_| {})).auto_mtls()
}

/// A process that does nothing but print this line.
fn printing(line: &str) -> Launcher {
    launcher("/bin/sh").argument("-c").argument(format!("echo '{line}'; exec sleep 1000"))
}

#[tokio::test]
async fn a_plugin_is_launched_called_and_ended_over_tls() {
    let folder = tempfile::tempdir().unwrap();
    for launcher in
        [launcher(FIXTURE), launcher(FIXTURE).variable("PLUGIN_UNIX_SOCKET_DIR", folder.path())]
    {
        let child = launcher.launch().await.unwrap();
        assert!(child.client().is_serving().await.unwrap());
        let hooks = child.client().implemented(PATIENCE).await.unwrap();
        assert!(hooks.contains(&"MessageWillBePosted".to_owned()), "{hooks:?}");
        assert_eq!(child.reattach(), None);
        // It is TLS, and nobody else's: the same address does not answer in the clear.
        let channel = child.target().channel();
        let stranger = hookwright_runtime::host::HookClient::new(channel);
        stranger.implemented(PATIENCE).await.unwrap_err();
        let ended = child.stop(PATIENCE).await.unwrap();
        assert!(ended.status.success() && !ended.killed, "{ended:?}");
    }
}

#[tokio::test]
async fn a_plugin_without_a_certificate_or_with_one_that_is_none_is_refused() {
    let error = printing("1|1|tcp|127.0.0.1:1|grpc|").launch().await.unwrap_err();
    assert!(matches!(error, LaunchError::NoCertificate), "{error}");
    let line = format!("1|1|tcp|127.0.0.1:1|grpc|{}", "AAAA".repeat(100));
    let error = printing(&line).launch().await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("is not an X.509 certificate"), "{text}");
}

#[tokio::test]
async fn another_process_at_the_address_of_the_plugin_is_not_talked_to() {
    let host = Host::new(&PKCS_ECDSA_P521_SHA512);
    let impostor: Plugin = host.start(FIXTURE).await;
    for told in [&PKCS_ECDSA_P256_SHA256, &PKCS_ECDSA_P521_SHA512].map(Host::new) {
        let line = format!("1|1|tcp|{}|grpc|{}", impostor.address(), told.field());
        let child = printing(&line).launch().await.unwrap();
        let status = child.client().implemented(PATIENCE).await.unwrap_err();
        let text = format!("{status:?}");
        assert!(text.contains("another certificate than the one that was agreed on"), "{text}");
        child.stop(Duration::ZERO).await.unwrap();
    }
}
