//! Settings that a process starts with do what they say.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::time::Duration;

use hookwright_tests::ask::{post, update};
use hookwright_tests::records::records;
use hookwright_tests::server::{Answer, Server};
use hookwright_tests::{Plugin, hosted};
use tonic::Code;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");

async fn with(variable: &str, value: &str) -> Plugin {
    let mut command = hosted(FIXTURE);
    command.env(variable, value);
    Plugin::start(command).await
}

/// The levels of all records of a run in which a call is answered and a handler fails.
async fn levels(level: &str) -> Vec<String> {
    let plugin = with("MATTERMOST_PLUGIN_LOG_LEVEL", level).await;
    let mut hooks = plugin.hooks().await;
    hooks.message_will_be_posted(post("error")).await.expect("the second plugin answers");
    let ended = plugin.shut_down().await;
    let level = |record: &serde_json::Value| record["@level"].as_str().unwrap().to_owned();
    let mut levels: Vec<_> = records(&ended.stderr).iter().map(level).collect();
    levels.sort();
    levels.dedup();
    levels
}

#[tokio::test]
async fn the_log_shows_what_is_at_its_level_and_above() {
    assert_eq!(levels("error").await, ["error"]);
    assert_eq!(levels("warn").await, ["error", "warn"]);
    assert_eq!(levels("info").await, ["error", "info", "warn"]);
    assert_eq!(levels("DEBUG").await, ["debug", "error", "info", "warn"]);
}

#[tokio::test]
async fn the_hook_timeout_ends_a_handler() {
    let plugin = with("MATTERMOST_PLUGIN_HOOK_TIMEOUT", "0.2").await;
    let status = plugin.hooks().await.message_will_be_updated(update("wait for ever")).await;
    let status = status.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded, "{status}");
    assert!(status.message().contains("did not finish within"), "{status}");
}

#[tokio::test]
async fn the_deadline_margin_is_taken_off_the_callers_deadline() {
    let plugin = with("HOOKWRIGHT_DEADLINE_MARGIN", "600ms").await;
    let mut request = tonic::Request::new(update("wait for ever"));
    request.set_timeout(Duration::from_millis(2400));
    let status = plugin.hooks().await.message_will_be_updated(request).await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded, "{status}");
    let (_, millis) = status.message().split_once("within ").expect("the plugin says it");
    let millis: u64 = millis.trim_end_matches(" ms").parse().unwrap();
    // The default margin would leave 1900.
    assert!(millis <= 1800, "{status}");
}

#[tokio::test]
async fn the_api_target_is_where_handlers_ask_the_server() {
    let server = Server::start([("GetUserByUsername", Answer::user("ada"))]).await;
    let plugin = with("MATTERMOST_PLUGIN_API_TARGET", &server.address).await;
    assert_eq!(plugin.answer_to("ada").await, "user1");
    assert_eq!(server.called(), ["GetUserByUsername"]);
}

#[tokio::test]
async fn a_variable_that_is_nearly_ours_is_warned_about_with_what_was_perhaps_meant() {
    let mut command = hosted(FIXTURE);
    command.env("HOOKWRIGHT_DRAIN_TIME_OUT", "1s").env("HOOKWRIGHT_WORKERS", "4");
    let ended = Plugin::start(command).await.shut_down().await;
    assert_eq!(ended.code(), Some(0));
    let warnings: Vec<_> = records(&ended.stderr)
        .into_iter()
        .filter(|record| record["@level"] == "warn")
        .map(|record| record["@message"].as_str().unwrap().to_owned())
        .collect();
    let meant =
        "there is no setting HOOKWRIGHT_DRAIN_TIME_OUT (did you mean HOOKWRIGHT_DRAIN_TIMEOUT?)";
    assert_eq!(warnings, [meant, "there is no setting HOOKWRIGHT_WORKERS"]);
}

/// The record with which it begins to serve, in a folder with a `plugin.json`.
async fn serving(variables: &[(&str, &str)]) -> (serde_json::Value, String) {
    let folder = tempfile::tempdir().unwrap();
    let manifest = "{\"id\": \"com.example.manifest\"}";
    std::fs::write(folder.path().join("plugin.json"), manifest).unwrap();
    let mut command = hosted(FIXTURE);
    command.current_dir(folder.path()).envs(variables.iter().copied());
    let mut plugin = Plugin::start(command).await;
    let record = plugin.logged(&["\"serving\""]).await;
    let here = folder.path().canonicalize().unwrap().display().to_string();
    (serde_json::from_str(&record).unwrap(), here)
}

#[tokio::test]
async fn id_and_path_come_from_the_host_or_else_from_the_manifest_in_the_working_folder() {
    let (record, here) = serving(&[]).await;
    assert_eq!(record["plugin_id"], "com.example.manifest");
    assert_eq!(record["plugin_path"], here);

    let (record, here) = serving(&[("MATTERMOST_PLUGIN_ID", "told")]).await;
    assert_eq!(record["plugin_id"], "told");
    assert_eq!(record["plugin_path"], here);

    let (record, _) = serving(&[("MATTERMOST_PLUGIN_PATH", "/told")]).await;
    assert_eq!(record["plugin_id"], "com.example.manifest");
    assert_eq!(record["plugin_path"], "/told");
}

#[tokio::test]
async fn without_a_manifest_there_is_no_id_to_speak_of() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = hosted(FIXTURE);
    command.current_dir(folder.path());
    let mut plugin = Plugin::start(command).await;
    let record: serde_json::Value =
        serde_json::from_str(&plugin.logged(&["\"serving\""]).await).unwrap();
    assert_eq!(record["address"], plugin.address());
    assert!(record.get("plugin_id").is_none(), "{record}");
    assert!(record.get("plugin_path").is_none(), "{record}");
}
