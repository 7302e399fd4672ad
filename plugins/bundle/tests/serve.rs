//! Serving: by a host, by hand, or not at all.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod program;

use std::net::TcpListener;

use hookwright_tests::{Output, Plugin, run};
use program::hookwright;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_hookwright");

#[tokio::test]
async fn without_a_host_and_without_a_command_there_is_advice_and_exit_1() {
    let ended = run(hookwright(&[])).await;
    assert_eq!((ended.code(), ended.stdout.as_str()), (Some(1), ""));
    assert!(ended.stderr.starts_with("This binary is a plugin."), "{}", ended.stderr);
    assert!(ended.stderr.contains("`demo`"), "{}", ended.stderr);

    let mut wrong = hookwright(&[]);
    wrong.env("MATTERMOST_PLUGIN", "open sesame");
    let ended = run(wrong).await;
    assert_eq!((ended.code(), ended.stdout.as_str()), (Some(1), ""));
}

#[tokio::test]
async fn with_the_cookie_the_first_line_is_a_handshake_and_nothing_follows() {
    let plugin = Plugin::hosted(PROGRAM).await;
    let address = plugin.address().to_owned();
    assert_eq!(plugin.line, format!("1|1|tcp|{address}|grpc|\n"));
    assert!(address.starts_with("127.0.0.1:"), "{address}");

    let ended = plugin.shut_down().await;
    assert_eq!((ended.code(), ended.stdout.as_str()), (Some(0), ""), "{}", ended.stderr);
}

#[tokio::test]
async fn an_unknown_command_or_flag_is_wrong_usage_and_named() {
    let wrong: [(&[&str], &str); 8] = [
        (&["bogus"], "'bogus'"),
        (&["--bogus"], "'--bogus'"),
        (&["list", "--bogus"], "'--bogus'"),
        (&["list", "more"], "'more'"),
        (&["proto", "more"], "'more'"),
        (&["demo", "--fast"], "'--fast'"),
        (&["serve"], "--standalone"),
        (&["call"], "<HOOK>"),
    ];
    for (arguments, named) in wrong {
        let ended = run(hookwright(arguments)).await;
        assert_eq!((ended.code(), ended.stdout.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(ended.stderr.contains(named), "{arguments:?}: {}", ended.stderr);
    }
}

#[tokio::test]
async fn standalone_says_where_it_listens_in_its_first_line_and_is_called_there() {
    for listen in [&[][..], &["--listen", "127.0.0.1:0"]] {
        let plugin =
            Plugin::start(hookwright(&[&["serve", "--standalone"], listen].concat())).await;
        let address = plugin.line.trim_end().to_owned();
        let port = address.strip_prefix("127.0.0.1:").expect("the loopback address");
        assert_ne!(port.parse::<u16>().expect("a port"), 0);
        assert_eq!(plugin.line, format!("{address}\n"));

        assert_answers(&address).await;
        let ended = plugin.shut_down().await;
        assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
        let addr = format!(r#""Addr":{{"Network":"tcp","String":"{address}"}}"#);
        assert!(ended.stdout.contains(&addr), "{}", ended.stdout);
    }
}

#[tokio::test]
async fn standalone_listens_on_a_unix_socket_and_takes_it_away_at_the_end() {
    let folder = TempDir::new().unwrap();
    let socket = folder.path().join("hooks.sock");
    let address = format!("unix:{}", socket.display());
    let plugin = Plugin::start(hookwright(&["serve", "--standalone", "--listen", &address])).await;
    assert_eq!(plugin.line, format!("{address}\n"));

    assert_answers(&address).await;
    assert_answers(&socket.display().to_string()).await;
    interrupt(plugin.id());
    let ended = plugin.ended().await;
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    assert_eq!(ended.stdout.lines().count(), 1, "how to reattach: {}", ended.stdout);
    assert!(!socket.exists());
}

#[tokio::test]
async fn what_is_not_an_address_is_wrong_usage() {
    for address in ["", "x", "127.0.0.1", "127.0.0.1:65536", "localhost:0", "unix:", ":80"] {
        let ended = listen(address).await;
        assert_eq!((ended.code(), ended.stdout.as_str()), (Some(2), ""), "{address:?}");
        assert!(ended.stderr.contains("--listen"), "{address:?}: {}", ended.stderr);
    }
}

#[tokio::test]
async fn an_address_that_cannot_be_had_is_named_and_ends_with_3() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = TempDir::new().unwrap();
    let missing = format!("unix:{}/missing/hooks.sock", folder.path().display());
    let long = format!("unix:{}/{}", folder.path().display(), "x".repeat(120));
    for address in [taken.local_addr().unwrap().to_string(), missing, long] {
        let ended = listen(&address).await;
        assert_eq!((ended.code(), ended.stdout.as_str()), (Some(3), ""), "{}", ended.stderr);
        let named = address.strip_prefix("unix:").unwrap_or(&address);
        assert!(ended.stderr.contains(named), "{address}: {}", ended.stderr);
        assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
    }
}

async fn listen(address: &str) -> Output {
    run(hookwright(&["serve", "--standalone", "--listen", address])).await
}

async fn assert_answers(target: &str) {
    let ended = run(hookwright(&["call", "MessageWillBePosted", "--target", target])).await;
    assert_eq!((ended.code(), ended.stdout.as_str()), (Some(0), "{}\n"), "{}", ended.stderr);
    assert_eq!(ended.stderr, "", "another process's log stays there");
}

fn interrupt(id: u32) {
    let pid = rustix::process::Pid::from_raw(i32::try_from(id).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
}
