//! Configurations that are none, from a server that sends anything.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use bytes::Bytes;
use hookwright_proto::mattermost::{LoadPluginConfigurationResponse, OnConfigurationChangeRequest};
use hookwright_tests::server::{Answer, Server};
use hookwright_tests::usage::Tasks;
use hookwright_tests::{Plugin, hosted};

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture-http");
const METHOD: &str = "LoadPluginConfiguration";

#[tokio::test]
async fn a_configuration_that_is_none_is_refused_and_the_old_one_stays() {
    let good = || Answer::configuration(r#"{"greeting": "hello"}"#);
    let server = Server::start([(METHOD, good())]).await;
    let mut command = hosted(FIXTURE);
    command.env("MATTERMOST_PLUGIN_API_TARGET", &server.address);
    let plugin = Plugin::start(command).await;
    let change = async || {
        let request = OnConfigurationChangeRequest::default();
        let reply = plugin.hooks().await.on_configuration_change(request).await;
        reply.unwrap().into_inner().error
    };
    assert_eq!(change().await, None);
    let tasks = Tasks::idle(&plugin).await;

    let deep = format!("{}1{}", r#"{"greeting":"#.repeat(100_000), "}".repeat(100_000));
    let long = format!(r#"{{"greeting": "{}"#, "x".repeat(1024 * 1024));
    for (what, document) in [
        ("half an object", &br#"{"greeting": "#[..]),
        ("not UTF-8", b"{\"greeting\": \"\xff\"}"),
        ("a NUL", b"\0"),
        ("two objects", b"{} {}"),
        ("a byte order mark", b"\xef\xbb\xbf{}"),
        ("a comment", b"{} // none"),
        ("an endless number", b"{\"limit\": 1e999999}"),
        ("a list", b"[]"),
        ("a word", b"true"),
        ("a text without an end", long.as_bytes()),
        ("100,000 objects in each other", deep.as_bytes()),
    ] {
        let config_json = Bytes::copy_from_slice(document);
        let reply = LoadPluginConfigurationResponse { error: None, config_json };
        server.answer(METHOD, Answer::reply(&reply));
        let error = change().await.expect(what);
        assert_eq!(error.status_code, 400, "{what}: {error:?}");
        assert!(error.detailed_error.len() < 500, "{what}: {error:?}");
        assert_eq!(plugin.answer_to("settings").await, "hello", "{what}");
        tasks.assert_idle(what).await;
    }

    server.answer(METHOD, good());
    assert_eq!(change().await, None);
    plugin.assert_serves().await;
}
