//! The TOML file that HOOKWRIGHT_CONFIG names.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::path::PathBuf;

use hookwright_proto::mattermost::UserHasBeenCreatedRequest;
use hookwright_tests::ask::{created, post};
use hookwright_tests::{Plugin, hosted, run};
use tempfile::TempDir;
use tokio::process::Command;
use tonic::Code;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");

/// The fixture with a file of this text, and the folder that the file lies in.
fn with_file(text: &str) -> (Command, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("hw.toml"), text).unwrap();
    let mut command = hosted(FIXTURE);
    command.env("HOOKWRIGHT_CONFIG", folder.path().join("hw.toml"));
    (command, folder)
}

/// What the fixture says when it refuses a file of this text, and where the file was.
async fn refusal(text: &str) -> (String, String) {
    let (command, folder) = with_file(text);
    (run(command).await.refusal(2), folder.path().join("hw.toml").display().to_string())
}

#[tokio::test]
async fn a_file_that_is_not_there_or_is_a_folder_is_refused_by_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.toml");
    for path in [missing, PathBuf::from(folder.path())] {
        let mut command = hosted(FIXTURE);
        command.env("HOOKWRIGHT_CONFIG", &path);
        let refusal = run(command).await.refusal(2);
        let expected = format!("{}: cannot be read: ", path.display());
        assert!(refusal.starts_with(&expected), "{refusal}");
    }
}

#[tokio::test]
async fn what_is_wrong_in_the_file_is_said_with_its_line_and_key() {
    for (text, expected) in [
        ("listen = 'tcp'\nlisten", ", line 2: is not TOML: "),
        (
            "\nlissen = 'tcp'",
            ", line 2: unknown key \"lissen\": known are log_level, log, protocol, listen, ",
        ),
        ("listen = 'udp'", ", line 1: listen is \"udp\": expected auto, tcp or unix"),
        (
            "sync_handlers = 'many'",
            ", line 1: sync_handlers is \"many\": expected a whole number from 1 to 512",
        ),
        ("drain_timeout = 5", ", line 1: drain_timeout is 5: expected a time above 0 and up to "),
        ("plugins = 'none'", ", line 1: plugins is a string: expected a table, as in "),
    ] {
        let (refusal, path) = refusal(text).await;
        assert!(refusal.starts_with(&format!("{path}{expected}")), "{refusal}");
        assert_eq!(refusal.lines().count(), 1, "{refusal}");
    }
}

#[tokio::test]
async fn a_table_for_a_plugin_that_is_not_there_is_refused_with_the_ids_that_are() {
    let (refusal, _) = refusal("[plugins.'com.example.toruble']\n").await;
    let expected = "[plugins.\"com.example.toruble\"]: there is no plugin with this id; there are: \
                    com.example.trouble, com.example.zzz-second";
    assert_eq!(refusal, expected);
}

#[tokio::test]
async fn a_table_that_does_not_fit_the_plugins_type_is_refused_with_the_field() {
    let (refusal, _) = refusal("[plugins.'com.example.trouble']\nlimit = 700").await;
    assert!(refusal.starts_with("[plugins.\"com.example.trouble\"]: "), "{refusal}");
    assert!(refusal.contains("`limit`"), "{refusal}");
    assert!(refusal.contains("700") && refusal.contains("expected u8"), "{refusal}");
}

#[tokio::test]
async fn all_tables_that_are_wrong_are_reported_at_once() {
    let text = "[plugins.'com.example.trouble']\nlimit = 'many'\n[plugins.nobody]\n";
    let (refusal, _) = refusal(text).await;
    assert_eq!(refusal.lines().count(), 2, "{refusal}");
    assert!(refusal.contains("`limit`"), "{refusal}");
    assert!(refusal.contains("[plugins.\"nobody\"]"), "{refusal}");
}

#[tokio::test]
async fn a_table_configures_its_plugin_and_a_relative_path_starts_from_the_working_folder() {
    let (mut command, folder) =
        with_file("[plugins.'com.example.trouble']\ngreeting = 'from the file'");
    command.current_dir(folder.path()).env("HOOKWRIGHT_CONFIG", "hw.toml");
    let plugin = Plugin::start(command).await;
    assert_eq!(plugin.answer_to("settings").await, "from the file");
}

/// What a caller is told when every slot of the plugin is taken by a handler that blocks.
async fn told_when_full(mut command: Command) -> String {
    // The second call gives up when this has passed; the first one is answered then, and blocks on.
    command.env("MATTERMOST_PLUGIN_HOOK_TIMEOUT", "0.2");
    let mut plugin = Plugin::start(command).await;
    let mut hooks = plugin.hooks().await;
    let blocked = {
        let mut hooks = hooks.clone();
        tokio::spawn(async move { hooks.user_has_been_created(blocks()).await })
    };
    plugin.logged(&["begins to block"]).await;
    let status = hooks.user_has_been_created(blocks()).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted, "{status}");
    assert_eq!(blocked.await.unwrap().unwrap_err().code(), Code::DeadlineExceeded);
    status.message().to_owned()
}

fn blocks() -> UserHasBeenCreatedRequest {
    created("block for ever")
}

#[tokio::test]
async fn a_setting_in_the_file_is_in_force() {
    let (command, _folder) = with_file("sync_handlers = 1");
    let told = told_when_full(command).await;
    assert!(told.contains("none of 1 synchronous handlers of the plugin ended"), "{told}");
}

#[tokio::test]
async fn the_environment_beats_the_file() {
    let (mut command, _folder) = with_file("sync_handlers = 300");
    command.env("HOOKWRIGHT_SYNC_HANDLERS", "1");
    let told = told_when_full(command).await;
    assert!(told.contains("none of 1 synchronous handlers of the plugin ended"), "{told}");
}

#[tokio::test]
async fn a_wrong_value_in_the_file_is_refused_even_where_the_environment_beats_it() {
    let (mut command, _folder) = with_file("listen = 'udp'");
    command.env("HOOKWRIGHT_LISTEN", "tcp");
    let refusal = run(command).await.refusal(2);
    assert!(refusal.contains("listen is \"udp\""), "{refusal}");
}

#[tokio::test]
async fn a_file_changes_nothing_that_it_does_not_name() {
    let (command, _folder) = with_file("# nothing yet\n");
    let plugin = Plugin::start(command).await;
    let reply = plugin.hooks().await.message_will_be_posted(post("reject")).await.unwrap();
    assert_eq!(reply.into_inner().rejection_reason, "Please mind your language.");
}
