//! From exec to the handshake: the cookie, the one line on stdout, and the versions in it.

#![allow(clippy::expect_used, clippy::panic, reason = "helpers of tests may fail like tests")]

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Stdio;

use hookwright_proto::mattermost::{ImplementedRequest, OnCloudLimitsUpdatedRequest};
use hookwright_tests::ask::{post, posted};
use hookwright_tests::{COOKIE, Plugin, by_hand, hosted, run};
use tokio::net::TcpStream;
use tonic::Code;
use tonic_health::ServingStatus;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");

/// The address in a line that is a handshake, byte for byte.
fn address_in(line: &str) -> SocketAddr {
    let text = line.strip_prefix("1|1|tcp|").and_then(|rest| rest.strip_suffix("|grpc|\n"));
    let text = text.unwrap_or_else(|| panic!("not a handshake: {line:?}"));
    let address: SocketAddr = text.parse().expect("an address");
    assert_eq!(address.ip(), Ipv4Addr::LOCALHOST);
    assert_ne!(address.port(), 0);
    address
}

#[tokio::test]
async fn without_the_cookie_it_gives_go_plugins_advice_on_stderr_and_exits_with_1() {
    for cookie in [None, Some(""), Some("hello"), Some("Securely message teams, anywhere")] {
        let mut command = by_hand(FIXTURE);
        command.env("PLUGIN_PROTOCOL_VERSIONS", "1");
        if let Some(value) = cookie {
            command.env(COOKIE.0, value);
        }
        let ended = run(command).await;
        assert_eq!(ended.code(), Some(1), "{cookie:?}");
        assert_eq!(ended.stdout, "", "{cookie:?}");
        let first = ended.stderr.lines().next();
        let advice = "This binary is a plugin. These are not meant to be executed directly.";
        assert_eq!(first, Some(advice), "{cookie:?}");
    }
}

#[tokio::test]
async fn the_cookie_is_looked_at_before_the_settings() {
    let mut command = by_hand(FIXTURE);
    command.env("HOOKWRIGHT_LISTEN", "udp");
    let ended = run(command).await;
    assert_eq!(ended.code(), Some(1));
    assert!(ended.stderr.starts_with("This binary is a plugin."), "{}", ended.stderr);
}

#[tokio::test]
async fn the_first_bytes_on_stdout_are_a_handshake_of_six_fields() {
    let plugin = Plugin::hosted(FIXTURE).await;
    address_in(&plugin.line);
    let fields: Vec<_> = plugin.line.trim_end_matches('\n').split('|').collect();
    assert_eq!(fields.len(), 6, "{fields:?}");
    assert_eq!(fields[5], "", "no certificate");
}

#[tokio::test]
async fn it_listens_and_is_healthy_by_the_time_the_line_is_there() {
    let plugin = Plugin::hosted(FIXTURE).await;
    // No second attempt: a host dials once, and at once.
    TcpStream::connect(address_in(&plugin.line)).await.expect("it listens");
    let mut health = HealthClient::new(plugin.connect().await);
    for service in ["plugin", ""] {
        let request = HealthCheckRequest { service: service.to_owned() };
        let status = health.check(request).await.unwrap().into_inner().status;
        assert_eq!(status, ServingStatus::Serving as i32, "{service:?}");
    }
    let request = HealthCheckRequest { service: "nobody".to_owned() };
    assert_eq!(health.check(request).await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test]
async fn nothing_follows_the_handshake_on_stdout_whatever_plugins_log_and_print() {
    let mut command = hosted(FIXTURE);
    command.env("MATTERMOST_PLUGIN_LOG_LEVEL", "trace");
    let mut plugin = Plugin::start(command).await;
    let mut hooks = plugin.hooks().await;
    hooks.on_cloud_limits_updated(OnCloudLimitsUpdatedRequest::default()).await.unwrap();
    hooks.message_has_been_posted(posted("for the log")).await.unwrap();
    hooks.message_will_be_posted(post("panic")).await.expect("it is swallowed");
    hooks.implemented(ImplementedRequest::default()).await.unwrap();
    plugin.logged(&["second was told"]).await;
    plugin.logged(&["the handler's own words"]).await;

    let ended = plugin.shut_down().await;
    assert_eq!(ended.stdout, "");
    assert!(!ended.stderr.contains("printed by a plugin"), "{}", ended.stderr);
}

#[tokio::test]
async fn the_version_is_1_whatever_the_host_offers() {
    for offered in [None, Some(""), Some("1"), Some("3,1,2"), Some("7"), Some("x,1")] {
        let mut command = hosted(FIXTURE);
        match offered {
            Some(versions) => command.env("PLUGIN_PROTOCOL_VERSIONS", versions),
            None => command.env_remove("PLUGIN_PROTOCOL_VERSIONS"),
        };
        let plugin = Plugin::start(command).await;
        address_in(&plugin.line);
        let ended = plugin.shut_down().await;
        let complaint = r#"server sent invalid plugin version \"x\""#;
        assert_eq!(ended.stderr.contains(complaint), offered == Some("x,1"), "{}", ended.stderr);
        let complaints = ended.stderr.matches("invalid plugin version").count();
        assert!(complaints <= 1, "{}", ended.stderr);
    }
}

#[tokio::test]
async fn of_several_versions_it_is_the_highest_that_both_have_or_the_lowest_of_ours() {
    for (offered, version) in
        [("1,2", 2), ("2,1", 2), ("5,4,2,3", 4), ("9,1", 1), ("7", 1), ("3,9", 1), ("", 1)]
    {
        let mut command = hosted(FIXTURE);
        command.arg("versions").env("PLUGIN_PROTOCOL_VERSIONS", offered);
        let plugin = Plugin::start(command).await;
        let line = plugin.line.clone();
        plugin.shut_down().await;
        assert!(line.starts_with(&format!("1|{version}|tcp|")), "{offered}: {line}");
    }
}

#[tokio::test]
async fn a_host_that_does_not_listen_for_the_handshake_is_an_error() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = hosted(FIXTURE);
    command.stdout(writer);
    let ended = run(command).await;
    assert_eq!(ended.code(), Some(3), "{}", ended.stderr);
    assert!(ended.stderr.contains("Broken pipe"), "{}", ended.stderr);
}

#[tokio::test]
async fn standalone_prints_its_address_and_how_to_reattach_and_needs_no_cookie() {
    let mut command = by_hand(FIXTURE);
    command.arg("standalone").stdin(Stdio::null());
    let plugin = Plugin::start(command).await;
    let address: SocketAddr = plugin.line.strip_suffix('\n').unwrap().parse().expect("an address");
    assert_eq!(address.ip(), Ipv4Addr::LOCALHOST);
    plugin.assert_serves().await;
    let id = plugin.id();
    let ended = plugin.shut_down().await;
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    let reattach: serde_json::Value = serde_json::from_str(&ended.stdout).expect("a line of JSON");
    let expected = serde_json::json!({
        "Protocol": "grpc",
        "ProtocolVersion": 1,
        "Pid": id,
        "Test": true,
        "Addr": { "Network": "tcp", "String": address.to_string() },
    });
    assert_eq!(reattach, expected);
}
