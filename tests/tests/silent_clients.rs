//! Clients that connect and do not say who they are.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use hookwright_tests::{Plugin, hosted};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");

fn in_detail() -> Command {
    let mut command = hosted(FIXTURE);
    command.env("MATTERMOST_PLUGIN_LOG_LEVEL", "debug");
    command
}

#[tokio::test]
async fn the_end_does_not_wait_for_clients_that_have_said_nothing_or_half_of_the_first_word() {
    let folder = tempfile::tempdir().unwrap();
    let mut over_unix = in_detail();
    over_unix.env("PLUGIN_UNIX_SOCKET_DIR", folder.path());
    for command in [in_detail(), over_unix] {
        let plugin = Plugin::start(command).await;
        let mut silent = Vec::new();
        for bytes in [&b""[..], b"P", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r"] {
            let mut socket = plugin.socket().await;
            socket.write_all(bytes).await.unwrap();
            silent.push(socket);
        }
        // Accepted in the order of their coming: when this is served, those are waited for.
        plugin.assert_serves().await;
        let ended = plugin.shut_down().await;
        assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
        let waited = ended.stderr.contains("their other side kept open");
        assert!(!waited, "they were waited for:\n{}", ended.stderr);
        drop(silent);
    }
}

#[tokio::test]
async fn a_thousand_connects_and_disconnects_change_nothing_and_are_no_news() {
    let plugin = Plugin::hosted(FIXTURE).await;
    for _ in 0..1000 {
        drop(plugin.socket().await);
    }
    plugin.assert_serves().await;
    let ended = plugin.shut_down().await;
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    for level in ["\"warn\"", "\"error\""] {
        assert!(!ended.stderr.contains(level), "{}", ended.stderr);
    }
}
