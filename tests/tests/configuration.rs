//! Where the plugins' configuration comes from, when it is read, and what happens to a bad one.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use hookwright_proto::mattermost::{
    AppError, LoadPluginConfigurationResponse, OnActivateRequest, OnConfigurationChangeRequest,
};
use hookwright_tests::server::{Answer, Server};
use hookwright_tests::{Plugin, hosted};
use tonic::Status;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");
const METHOD: &str = "LoadPluginConfiguration";

#[tokio::test]
async fn a_host_that_only_activates_has_the_configuration_read_once() {
    let (server, plugin) = with(Answer::configuration(r#"{"greeting": "hello"}"#)).await;

    assert_eq!(server.called(), [""; 0], "nothing is read before it is needed");
    assert_eq!(activate(&plugin).await, None);
    assert_eq!(server.called(), [METHOD]);
    assert_eq!(plugin.answer_to("settings").await, "hello");
    assert_eq!(plugin.answer_to("told").await, "OnConfigurationChange, OnActivate");

    server.answer(METHOD, Answer::configuration(r#"{"greeting": "later"}"#));
    assert_eq!(activate(&plugin).await, None);
    assert_eq!(server.called(), [METHOD]);
    assert_eq!(plugin.answer_to("settings").await, "hello");
}

#[tokio::test]
async fn a_host_that_tells_of_the_configuration_first_does_not_have_it_read_twice() {
    let (server, plugin) = with(Answer::configuration(r#"{"greeting": "hello"}"#)).await;

    assert_eq!(change(&plugin).await, None);
    assert_eq!(activate(&plugin).await, None);

    assert_eq!(server.called(), [METHOD]);
    assert_eq!(plugin.answer_to("settings").await, "hello");
    assert_eq!(plugin.answer_to("told").await, "OnConfigurationChange, OnActivate");
}

#[tokio::test]
async fn every_change_is_read_and_comes_into_force() {
    let (server, mut plugin) = with(Answer::configuration(r#"{"greeting": "one"}"#)).await;

    for greeting in ["one", "two", "three"] {
        let document = format!(r#"{{"greeting": "{greeting}"}}"#);
        server.answer(METHOD, Answer::configuration(&document));
        assert_eq!(change(&plugin).await, None);
        assert_eq!(plugin.answer_to("settings").await, greeting);
    }

    assert_eq!(server.called().len(), 3);
    plugin.logged(&["configuration in force", "com.example.trouble"]).await;
}

#[tokio::test]
async fn a_change_that_cannot_be_used_is_refused_and_the_old_configuration_stays() {
    let (server, plugin) = with(Answer::configuration(r#"{"greeting": "hello"}"#)).await;
    assert_eq!(change(&plugin).await, None);

    let refused = AppError {
        id: "app.plugin.config.app_error".into(),
        message: "not now".into(),
        status_code: 500,
        ..AppError::default()
    };
    let refused = LoadPluginConfigurationResponse { error: Some(refused), ..Default::default() };
    for (answer, status, texts) in [
        (
            Answer::configuration(r#"{"greeting": "new", "limit": 300}"#),
            400,
            ["com.example.trouble: configuration field `limit`", "expected u8"],
        ),
        (
            Answer::configuration(r#"["hello"]"#),
            400,
            ["the plugin's configuration", "is not a JSON object"],
        ),
        (Answer::configuration("greeting = hello"), 400, ["is not JSON", "line 1 column 1"]),
        (Answer::reply(&refused), 503, ["did not give", "LoadPluginConfiguration: not now"]),
        (Answer::Status(Status::internal("broken")), 503, ["did not give", "INTERNAL: broken"]),
    ] {
        server.answer(METHOD, answer);
        let error = change(&plugin).await.unwrap();
        assert_eq!(error.id, "plugin.on_configuration_change.error");
        assert_eq!((error.r#where.as_str(), error.status_code), ("OnConfigurationChange", status));
        for text in texts {
            assert!(error.message.contains(text), "{text}: {error:?}");
        }
        assert_eq!(error.detailed_error, error.message);
        assert_eq!(plugin.answer_to("settings").await, "hello");
    }
    assert_eq!(plugin.answer_to("told").await, "OnConfigurationChange", "only of the good one");
    plugin.assert_serves().await;
}

#[tokio::test]
async fn a_plugin_is_activated_with_its_defaults_where_its_configuration_cannot_be_used() {
    let document = r#"{"greeting": "hello", "limit": 300}"#;
    let (_server, mut plugin) = with(Answer::configuration(document)).await;

    assert_eq!(activate(&plugin).await, None);

    assert_eq!(plugin.answer_to("settings").await, "");
    plugin.logged(&["\"@level\":\"error\"", "configuration field `limit`"]).await;
}

#[tokio::test]
async fn a_configuration_handler_that_fails_before_activation_is_logged_and_no_more() {
    let document = r#"{"on_configuration_change": "denied"}"#;
    let (_server, mut plugin) = with(Answer::configuration(document)).await;

    assert_eq!(activate(&plugin).await, None);

    assert_eq!(plugin.answer_to("told").await, "OnConfigurationChange, OnActivate");
    plugin.logged(&["a handler failed", "\"hook\":\"OnConfigurationChange\""]).await;
    let error = change(&plugin).await.unwrap();
    assert_eq!((error.message.as_str(), error.status_code), ("you may not", 403));
}

#[tokio::test]
async fn a_server_without_a_configuration_leaves_the_defaults() {
    for document in ["", "null", "{}"] {
        let (_server, plugin) = with(Answer::configuration(document)).await;
        assert_eq!(change(&plugin).await, None, "{document}");
        assert_eq!(activate(&plugin).await, None);
        assert_eq!(plugin.answer_to("settings").await, "");
    }
}

#[tokio::test]
async fn a_setting_is_known_whatever_the_case_of_its_key_and_null_is_not_set() {
    let document = r#"{"GREETING": "hello", "limit": null, "on_configuration_change": null}"#;
    let (_server, plugin) = with(Answer::configuration(document)).await;

    assert_eq!(change(&plugin).await, None);

    assert_eq!(plugin.answer_to("settings").await, "hello");
}

#[tokio::test]
async fn without_a_server_the_defaults_hold_and_the_handler_is_told_once() {
    let plugin = Plugin::hosted(FIXTURE).await;

    assert_eq!(activate(&plugin).await, None);
    assert_eq!(plugin.answer_to("told").await, "OnConfigurationChange, OnActivate");
    assert_eq!(change(&plugin).await, None);
    assert_eq!(plugin.answer_to("settings").await, "");
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_an_error_without_its_path() {
    let mut command = hosted(FIXTURE);
    command.env("MATTERMOST_PLUGIN_API_TARGET", "unix:/tmp/of/nobody.sock");
    let mut plugin = Plugin::start(command).await;

    let error = change(&plugin).await.unwrap();

    assert_eq!(error.status_code, 503);
    assert!(error.message.contains("LoadPluginConfiguration: UNAVAILABLE"), "{error:?}");
    assert!(!error.message.contains("nobody.sock"), "{error:?}");
    plugin.logged(&["the configuration was not read"]).await;
    assert_eq!(activate(&plugin).await, None, "it was told of the configuration, if in vain");
    assert_eq!(plugin.answer_to("told").await, "OnActivate");
}

#[tokio::test]
async fn a_configuration_that_does_not_fit_one_plugin_reaches_the_others() {
    let document = r#"{
        "com.example.trouble": {"greeting": "hello"},
        "com.example.zzz-second": {"share": 256}
    }"#;
    let (server, mut plugin) = with(Answer::configuration(document)).await;

    let error = change(&plugin).await.unwrap();

    let fault = "com.example.zzz-second: configuration field `share`: ";
    assert!(error.detailed_error.starts_with(fault), "{error:?}");
    assert_eq!(plugin.answer_to("settings").await, "hello");
    assert_eq!(plugin.answer_to("told").await, "OnConfigurationChange");
    assert!(!plugin.stderr().contains("second was configured"));

    server.answer(METHOD, Answer::configuration(r#"{"share": 5}"#));
    assert_eq!(change(&plugin).await, None);
    plugin.logged(&["second was configured", "\"share\":5"]).await;
}

#[tokio::test]
async fn a_server_that_does_not_answer_leaves_time_to_be_activated() {
    let server = Server::start([(METHOD, Answer::Never)]).await;
    let mut command = hosted(FIXTURE);
    command.env("MATTERMOST_PLUGIN_API_TARGET", &server.address);
    command.env("MATTERMOST_PLUGIN_HOOK_TIMEOUT", "1");
    let mut plugin = Plugin::start(command).await;

    assert_eq!(activate(&plugin).await, None);

    plugin.logged(&["the configuration was not read", "no answer within"]).await;
    assert_eq!(plugin.answer_to("told").await, "OnActivate");
}

#[tokio::test]
async fn what_the_operator_has_for_a_plugin_holds_where_the_server_speaks_of_others() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hw.toml");
    std::fs::write(&file, "[plugins.\"com.example.zzz-second\"]\nshare = 7").unwrap();
    let document = r#"{"com.example.trouble": {"greeting": "hello"}}"#;
    let server = Server::start([(METHOD, Answer::configuration(document))]).await;
    let mut command = hosted(FIXTURE);
    command.env("MATTERMOST_PLUGIN_API_TARGET", &server.address);
    command.env("HOOKWRIGHT_CONFIG", file);
    let mut plugin = Plugin::start(command).await;

    assert_eq!(change(&plugin).await, None);

    assert_eq!(plugin.answer_to("settings").await, "hello");
    plugin.logged(&["second was configured", "\"share\":7"]).await;
}

/// A process whose server answers so when it is asked for the configuration.
async fn with(answer: Answer) -> (Server, Plugin) {
    let server = Server::start([(METHOD, answer)]).await;
    let mut command = hosted(FIXTURE);
    command.env("MATTERMOST_PLUGIN_API_TARGET", &server.address);
    (server, Plugin::start(command).await)
}

async fn activate(plugin: &Plugin) -> Option<AppError> {
    let reply = plugin.hooks().await.on_activate(OnActivateRequest::default()).await;
    reply.unwrap().into_inner().error
}

async fn change(plugin: &Plugin) -> Option<AppError> {
    let request = OnConfigurationChangeRequest::default();
    let reply = plugin.hooks().await.on_configuration_change(request).await;
    reply.unwrap().into_inner().error
}
