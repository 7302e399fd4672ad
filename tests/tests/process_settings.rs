//! Settings that a process cannot start with: each is named with what it got and what it expects.

use hookwright_tests::{Plugin, by_hand, hosted, run};

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");

/// What the fixture says when it refuses these variables.
async fn refusal(variables: &[(&str, &str)]) -> String {
    let mut command = hosted(FIXTURE);
    command.envs(variables.iter().copied());
    run(command).await.refusal(2)
}

const SECONDS: &str = "expected seconds above 0 and up to 86400, such as 30 or 2.5";
const PORT: &str = "expected a port from 0 to 65535";
const RANGE: &str = "expected both or neither, and the lower one first";

#[tokio::test]
async fn a_variable_with_a_wrong_value_is_named_with_the_value_and_what_was_expected() {
    for (variable, value, expected) in [
        ("MATTERMOST_PLUGIN_HOOK_TIMEOUT", "abc", SECONDS),
        ("MATTERMOST_PLUGIN_HOOK_TIMEOUT", "-1", SECONDS),
        ("MATTERMOST_PLUGIN_HOOK_TIMEOUT", "1e99", SECONDS),
        ("MATTERMOST_PLUGIN_HOOK_TIMEOUT", "0", SECONDS),
        ("MATTERMOST_PLUGIN_HOOK_TIMEOUT", "NaN", SECONDS),
        ("MATTERMOST_PLUGIN_LOG_LEVEL", "loud", "expected trace, debug, info, warn or error"),
        (
            "MATTERMOST_PLUGIN_API_TARGET",
            "nowhere",
            "expected an address: host:port, http://host:port or unix:/path",
        ),
        ("PLUGIN_MIN_PORT", "first", PORT),
        ("PLUGIN_MAX_PORT", "70000", PORT),
        ("HOOKWRIGHT_LISTEN", "udp", "expected auto, tcp or unix"),
        ("HOOKWRIGHT_DEADLINE_MARGIN", "5", "expected a time up to 30s, such as 500ms or 0s"),
        (
            "HOOKWRIGHT_DRAIN_TIMEOUT",
            "never",
            "expected a time above 0 and up to 10min, such as 5s",
        ),
        ("HOOKWRIGHT_SYNC_HANDLERS", "0", "expected a whole number from 1 to 512"),
    ] {
        let refusal = refusal(&[(variable, value)]).await;
        assert_eq!(refusal, format!("{variable} is {value:?}: {expected}"));
    }
}

#[tokio::test]
async fn ports_that_make_no_range_are_refused_with_both_ends() {
    for (min, max, shown) in [
        ("25000", "10000", "PLUGIN_MIN_PORT is 25000 and PLUGIN_MAX_PORT is 10000"),
        ("10000", "", "PLUGIN_MIN_PORT is 10000 and PLUGIN_MAX_PORT is unset"),
        ("", "25000", "PLUGIN_MIN_PORT is unset and PLUGIN_MAX_PORT is 25000"),
    ] {
        let refusal = refusal(&[("PLUGIN_MIN_PORT", min), ("PLUGIN_MAX_PORT", max)]).await;
        assert_eq!(refusal, format!("{shown}: {RANGE}"));
    }
}

#[tokio::test]
async fn all_faults_are_reported_at_once() {
    let refusal =
        refusal(&[("MATTERMOST_PLUGIN_HOOK_TIMEOUT", "abc"), ("HOOKWRIGHT_LISTEN", "udp")]).await;
    let lines: Vec<_> = refusal.lines().collect();
    let timeout = format!("MATTERMOST_PLUGIN_HOOK_TIMEOUT is \"abc\": {SECONDS}");
    let listen = "HOOKWRIGHT_LISTEN is \"udp\": expected auto, tcp or unix";
    assert_eq!(lines, [timeout.as_str(), listen]);
}

#[tokio::test]
async fn an_error_is_shown_whatever_the_level_of_the_log() {
    let level = ("MATTERMOST_PLUGIN_LOG_LEVEL", "error");
    let refusal = refusal(&[level, ("HOOKWRIGHT_LISTEN", "udp")]).await;
    assert!(refusal.starts_with("HOOKWRIGHT_LISTEN is \"udp\""), "{refusal}");
}

#[tokio::test]
async fn standalone_says_the_same_in_plain_lines() {
    let mut command = by_hand(FIXTURE);
    command.arg("standalone").env("MATTERMOST_PLUGIN_HOOK_TIMEOUT", "1e99");
    command.env("PLUGIN_MIN_PORT", "25000").env("PLUGIN_MAX_PORT", "10000");
    let ended = run(command).await;
    assert_eq!(ended.code(), Some(2));
    assert_eq!(ended.stdout, "");
    let expected = format!(
        "MATTERMOST_PLUGIN_HOOK_TIMEOUT is \"1e99\": {SECONDS}\n\
         PLUGIN_MIN_PORT is 25000 and PLUGIN_MAX_PORT is 10000: {RANGE}\n"
    );
    assert_eq!(ended.stderr, expected);
}

#[tokio::test]
async fn a_broken_plugin_json_in_the_working_folder_is_refused_by_name() {
    for (manifest, problem) in [
        ("{", "is not JSON: "),
        ("{\"name\": \"nameless\"}", "expected a text as `id`"),
        ("{\"id\": 5}", "expected a text as `id`"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plugin.json");
        std::fs::write(&path, manifest).unwrap();
        let mut command = hosted(FIXTURE);
        command.current_dir(folder.path());
        let refusal = run(command).await.refusal(2);
        let expected = format!("{}: {problem}", path.canonicalize().unwrap().display());
        assert!(refusal.starts_with(&expected), "{refusal}");
    }
}

#[tokio::test]
async fn empty_counts_as_unset_in_every_variable() {
    let mut command = hosted(FIXTURE);
    for info in hookwright_runtime::settings::REFERENCE {
        command.env(info.variable, "");
    }
    let plugin = Plugin::start(command).await;
    assert!(plugin.line.starts_with("1|1|tcp|127.0.0.1:"), "{}", plugin.line);
    plugin.assert_serves().await;
}
