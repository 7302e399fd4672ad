//! The operator's word on handlers, in the settings file.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use hookwright_proto::mattermost::{
    ImplementedRequest, MessageWillBePostedResponse, OnActivateRequest,
};
use hookwright_tests::ask::{post, update};
use hookwright_tests::{Plugin, hosted, run};
use tempfile::TempDir;
use tokio::process::Command;
use tonic::Code;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");

#[tokio::test]
async fn the_order_is_the_operators() {
    let (plugin, _folder) = with(
        r#"[handlers."com.example.zzz-second".MessageWillBePosted]
        priority = -1"#,
    )
    .await;
    let reply = plugin.hooks().await.message_will_be_posted(post("rewrite")).await.unwrap();
    assert_eq!(reply.into_inner().modified_post.unwrap().message, "rewrite and second by trouble");
}

#[tokio::test]
async fn the_failure_policy_is_the_operators() {
    let (plugin, _folder) = with(
        r#"[handlers."com.example.trouble".MessageWillBePosted]
        on_failure = "closed"
        [handlers."com.example.trouble".UserWillLogIn]
        on_failure = "open""#,
    )
    .await;
    let mut hooks = plugin.hooks().await;
    let reply = hooks.message_will_be_posted(post("error")).await.unwrap().into_inner();
    assert_eq!(reply.rejection_reason, "A plugin could not check this: something broke.");
    // What the handler words for the host is what the user reads, without the details.
    let reply = hooks.message_will_be_posted(post("app error")).await.unwrap().into_inner();
    assert_eq!(reply.rejection_reason, "Too many words.");
    let request = hookwright_tests::ask::log_in("error");
    assert_eq!(hooks.user_will_log_in(request).await.unwrap_err().code(), Code::Internal);
}

#[tokio::test]
async fn a_reply_that_is_too_large_is_refused_where_failing_means_refusing() {
    let (plugin, _folder) = with(
        r#"[handlers."com.example.trouble".MessageWillBePosted]
        on_failure = "closed""#,
    )
    .await;
    let reply = plugin.hooks().await.message_will_be_posted(post("large")).await.unwrap();
    let reason = reply.into_inner().rejection_reason;
    assert!(reason.starts_with("A plugin could not check this: the reply has 68157"), "{reason}");
}

#[tokio::test]
async fn the_time_limit_is_the_operators() {
    let (plugin, _folder) = with(
        r#"[handlers."com.example.trouble".MessageWillBeUpdated]
        timeout = "50ms""#,
    )
    .await;
    let status =
        plugin.hooks().await.message_will_be_updated(update("wait for ever")).await.unwrap_err();
    assert_eq!(status.message(), "MessageWillBeUpdated: the handler did not finish within 50 ms");
}

#[tokio::test]
async fn a_handler_that_is_taken_out_is_neither_run_nor_reported() {
    let (plugin, _folder) = with(
        r#"[handlers."com.example.trouble".MessageWillBePosted]
        enabled = false
        [handlers."com.example.zzz-second".MessageWillBePosted]
        enabled = false
        [handlers."com.example.trouble".OnSAMLLogin]
        enabled = true"#,
    )
    .await;
    let mut hooks = plugin.hooks().await;
    let reply = hooks.implemented(ImplementedRequest::default()).await.unwrap().into_inner();
    assert!(!reply.hooks.contains(&"MessageWillBePosted".to_owned()));
    assert!(reply.hooks.contains(&"OnSAMLLogin".to_owned()));
    let reply = hooks.message_will_be_posted(post("reject")).await.unwrap().into_inner();
    assert_eq!(reply, MessageWillBePostedResponse::default());
}

#[tokio::test]
async fn a_word_on_what_is_not_there_is_refused_with_what_is() {
    let (command, _folder) = command(
        r#"[handlers."com.example.nobody".OnActivate]
        [handlers."com.example.zzz-second".UserHasBeenCreated]"#,
    );
    let ended = run(command).await;
    assert_eq!(ended.code(), Some(2));
    for told in [
        "[handlers.\\\"com.example.nobody\\\".OnActivate]: there is no such handler; there is no \
         plugin \\\"com.example.nobody\\\"",
        "[handlers.\\\"com.example.zzz-second\\\".UserHasBeenCreated]: there is no such handler; \
         this plugin handles: OnActivate, OnDeactivate, OnConfigurationChange, ",
    ] {
        assert!(ended.stderr.contains(told), "{}", ended.stderr);
    }
}

#[tokio::test]
async fn a_plugin_that_does_not_start_ends_those_that_did_the_last_one_first() {
    let (mut plugin, _folder) = with(
        r#"[plugins."com.example.zzz-second"]
        refuses_to_start = true"#,
    )
    .await;
    let reply = plugin.hooks().await.on_activate(OnActivateRequest::default()).await.unwrap();
    assert_eq!(reply.into_inner().error.unwrap().detailed_error, "the second does not start");
    assert_eq!(plugin.answer_to("told").await, "OnConfigurationChange, OnActivate, OnDeactivate");
    plugin.logged(&["since the activation of another plugin failed", "com.example.trouble"]).await;
    assert!(!plugin.stderr().contains("second was deactivated"), "it never was active");
}

#[tokio::test]
async fn a_plugin_after_the_one_that_does_not_start_is_neither_started_nor_ended() {
    let (plugin, _folder) = with(
        r#"[handlers."com.example.zzz-second".OnActivate]
        priority = -1
        [plugins."com.example.zzz-second"]
        refuses_to_start = true"#,
    )
    .await;
    let reply = plugin.hooks().await.on_activate(OnActivateRequest::default()).await.unwrap();
    assert_eq!(reply.into_inner().error.unwrap().detailed_error, "the second does not start");
    assert_eq!(plugin.answer_to("told").await, "OnConfigurationChange");
}

fn command(toml: &str) -> (Command, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hw.toml");
    std::fs::write(&file, toml).unwrap();
    let mut command = hosted(FIXTURE);
    command.env("HOOKWRIGHT_CONFIG", file);
    (command, folder)
}

async fn with(toml: &str) -> (Plugin, TempDir) {
    let (command, folder) = command(toml);
    (Plugin::start(command).await, folder)
}
