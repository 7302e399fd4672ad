//! `hookwright list`.

#![allow(clippy::expect_used, clippy::panic, reason = "helpers of tests may fail like tests")]

mod program;

use std::collections::BTreeSet;
use std::path::Path;

use hookwright::HookName;
use hookwright_tests::run;
use program::hookwright;
use serde_json::Value;

/// What `list --json` prints.
async fn list(variables: &[(&str, &str)]) -> Value {
    let mut command = hookwright(&["list", "--json"]);
    command.envs(variables.iter().copied());
    let ended = run(command).await;
    assert_eq!((ended.code(), ended.stderr.as_str()), (Some(0), ""));
    serde_json::from_str(&ended.stdout).expect("an object")
}

/// The handlers of that.
async fn listed(variables: &[(&str, &str)]) -> Vec<Value> {
    list(variables).await["handlers"].as_array().expect("an array").clone()
}

fn text<'a>(row: &'a Value, key: &str) -> &'a str {
    row[key].as_str().unwrap_or_else(|| panic!("{key} is a text: {row}"))
}

#[tokio::test]
async fn each_handler_is_an_object_with_exactly_the_agreed_members() {
    let rows = listed(&[]).await;
    assert!(!rows.is_empty());
    for row in &rows {
        let members: Vec<_> = row.as_object().expect("an object").keys().collect();
        let agreed = [
            "file",
            "handler",
            "hook",
            "kind",
            "line",
            "netrpc_only",
            "on_caller_gone",
            "on_failure",
            "path",
            "plugin",
            "priority",
            "timeout_ms",
        ];
        assert_eq!(members, agreed);
        assert!(text(row, "hook").parse::<HookName>().is_ok(), "{row}");
        assert!(!text(row, "plugin").is_empty(), "{row}");
        assert!(["sync", "async"].contains(&text(row, "kind")), "{row}");
        assert!(["open", "closed"].contains(&text(row, "on_failure")), "{row}");
        let limit = &row["timeout_ms"];
        assert!(limit.is_null() || limit.as_u64().is_some_and(|limit| limit > 0), "{row}");
    }
}

#[tokio::test]
async fn what_is_spoken_with_a_host_is_listed_with_the_reason() {
    let usual = list(&[]).await;
    let members: Vec<_> = usual.as_object().expect("an object").keys().collect();
    assert_eq!(members, ["because", "handlers", "protocol"]);
    assert_eq!(text(&usual, "protocol"), "grpc");
    assert_eq!(text(&usual, "because"), "no plugin.json names this file, and nothing else is said");
    let set = list(&[("HOOKWRIGHT_PROTOCOL", "netrpc")]).await;
    assert_eq!(
        (text(&set, "protocol"), text(&set, "because")),
        ("netrpc", "HOOKWRIGHT_PROTOCOL says so")
    );
}

#[tokio::test]
async fn the_reason_is_the_file_where_the_file_says_what_is_spoken() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("c.toml");
    std::fs::write(&file, "\nprotocol = \"netrpc\"\n").unwrap();
    let file = file.to_str().unwrap();
    let set = list(&[("HOOKWRIGHT_CONFIG", file)]).await;
    let because = format!("{file}, line 2: protocol says so");
    assert_eq!((text(&set, "protocol"), text(&set, "because")), ("netrpc", because.as_str()));
    let both = list(&[("HOOKWRIGHT_CONFIG", file), ("HOOKWRIGHT_PROTOCOL", "grpc")]).await;
    assert_eq!(
        (text(&both, "protocol"), text(&both, "because")),
        ("grpc", "HOOKWRIGHT_PROTOCOL says so")
    );
}

#[tokio::test]
async fn each_handler_is_where_the_list_says() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    for row in listed(&[]).await {
        let source = std::fs::read_to_string(root.join(text(&row, "file"))).expect("the file");
        let line = usize::try_from(row["line"].as_u64().expect("a number")).unwrap();
        let at = source.lines().nth(line - 1).expect("the line");
        let (function, kind) = (format!("fn {}(", text(&row, "handler")), text(&row, "kind"));
        assert!(at.contains(&function), "{row}: {at}");
        assert_eq!(at.contains("async fn"), kind == "async", "{row}: {at}");
    }
}

#[tokio::test]
async fn the_order_is_that_of_running() {
    let rows = listed(&[]).await;
    let place = |row: &Value| {
        let hook: HookName = text(row, "hook").parse().unwrap();
        HookName::all().position(|name| name == hook).unwrap()
    };
    let places: Vec<_> = rows.iter().map(place).collect();
    assert!(places.is_sorted(), "{places:?}");
    assert_eq!(rows.iter().map(|row| text(row, "hook")).next(), Some("OnActivate"));
}

#[tokio::test]
async fn the_hooks_listed_are_the_hooks_implemented() {
    let rows = listed(&[]).await;
    let hooks: BTreeSet<_> = rows.iter().map(|row| text(row, "hook")).collect();
    let ended = run(hookwright(&["call", "Implemented"])).await;
    let reply: Value = serde_json::from_str(&ended.stdout).expect("JSON");
    let implemented: Vec<_> =
        reply["hooks"].as_array().expect("hooks").iter().filter_map(Value::as_str).collect();
    assert!(implemented.is_sorted(), "{implemented:?}");
    // Where a plugin has a configuration the runtime itself listens at the first two, and it serves
    // the metrics.
    let own = ["OnActivate", "OnConfigurationChange", "ServeHTTP"];
    let listed = |hook: &&str| hooks.contains(hook) || own.contains(hook);
    assert!(implemented.iter().all(listed), "{implemented:?}");
    // A host knows nothing of events.
    let is_event = |hook: &str| hook.parse::<HookName>().is_ok_and(HookName::is_event);
    assert!(hooks.iter().any(|hook| is_event(hook)), "{hooks:?}");
    let implements = |hook: &str| implemented.contains(&hook) != is_event(hook);
    assert!(hooks.iter().all(|hook| implements(hook)), "{implemented:?}");
}

#[tokio::test]
async fn the_global_limit_is_what_the_setting_says() {
    // HTTP requests have no limit but that of their caller, and the end a shorter one of its own.
    let limited = |row: &&Value| !["ServeHTTP", "OnDeactivate"].contains(&text(row, "hook"));
    for (setting, limit) in [("2.5", 2500), ("", 30_000)] {
        let rows = listed(&[("MATTERMOST_PLUGIN_HOOK_TIMEOUT", setting)]).await;
        assert!(rows.iter().filter(limited).all(|row| row["timeout_ms"] == limit), "{rows:?}");
    }
}

#[tokio::test]
async fn a_setting_that_cannot_be_used_is_named_with_its_value_and_ends_with_2() {
    for (name, value, named) in [
        ("MATTERMOST_PLUGIN_HOOK_TIMEOUT", "abc", "MATTERMOST_PLUGIN_HOOK_TIMEOUT"),
        ("MATTERMOST_PLUGIN_HOOK_TIMEOUT", "-1", "MATTERMOST_PLUGIN_HOOK_TIMEOUT"),
        ("HOOKWRIGHT_CONFIG", "/missing.toml", "/missing.toml: cannot be read"),
    ] {
        let mut command = hookwright(&["list"]);
        command.env(name, value);
        let ended = run(command).await;
        assert_eq!((ended.code(), ended.stdout.as_str()), (Some(2), ""), "{name}={value}");
        assert!(ended.stderr.contains(named) && ended.stderr.contains(value), "{}", ended.stderr);
    }
}

#[tokio::test]
async fn the_table_has_a_line_for_each_handler_below_its_header() {
    let ended = run(hookwright(&["list"])).await;
    assert_eq!((ended.code(), ended.stderr.as_str()), (Some(0), ""));
    let mut lines = ended.stdout.lines();
    assert!(lines.next().is_some_and(|header| header.trim_start().starts_with("HOOK")));
    for row in listed(&[]).await {
        let line = lines.next().expect("a line for each");
        let at = format!("{}:{}", text(&row, "file"), row["line"]);
        assert_eq!(line.contains("ServeHTTP /"), row["hook"] == "ServeHTTP", "{line}");
        for part in [text(&row, "hook"), text(&row, "plugin"), text(&row, "handler"), &at] {
            assert!(line.split_whitespace().any(|cell| cell == part), "{part} in {line}");
        }
    }
    let spoken: Vec<_> = lines.collect();
    assert!(matches!(&spoken[..], ["", last] if last.contains("it speaks grpc: ")), "{spoken:?}");
    assert!(ended.stdout.contains("ServeHTTP /files "), "where a web side is mounted");
}
