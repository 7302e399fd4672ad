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

#[tokio::test]
async fn whoever_speaks_something_else_or_leaves_half_way_is_named() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let junk = [
        (
            &b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"[..],
            r#"does not speak HTTP/2: b\"GET / HTTP/1.1"#,
        ),
        (b"\x16\x03\x01\x02\x00\x01", r#"does not speak HTTP/2: b\"\\x16\\x03\\x01"#),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\rx", r#"does not speak HTTP/2: b\"PRI *"#),
        (b"PRI * HT", "its client left in the middle of its first words"),
    ];
    for (bytes, reason) in junk {
        let mut socket = plugin.socket().await;
        socket.write_all(bytes).await.unwrap();
        socket.shutdown().await.unwrap();
        let record = plugin.logged(&["a connection was broken off", reason]).await;
        assert!(record.contains(r#""@level":"warn""#), "{record}");
        plugin.assert_serves().await;
    }
}

#[tokio::test]
async fn of_a_flood_of_junk_the_first_are_named_and_the_others_counted() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    for _ in 0..200 {
        let mut socket = plugin.socket().await;
        socket.write_all(b"junk").await.unwrap();
    }
    plugin.assert_serves().await;
    plugin.logged(&["a connection was broken off"]).await;
    let ended = plugin.shut_down().await;
    let named = ended.stderr.matches("a connection was broken off").count();
    // Two windows at most, however slow this machine is at the moment.
    assert!((1..=20).contains(&named), "{}", ended.stderr);
}
