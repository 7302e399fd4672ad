//! What may stand in the file, and what is said of what may not.

use std::time::Duration;

use hookwright::{CallerGone, FailurePolicy, HandlerOverride, HookName};
use serde_json::json;

use super::{error_of, with_file};
use crate::settings::ListenOn;

#[test]
fn the_file_sets_what_is_ours_and_the_environment_wins() {
    let toml = "listen = 'unix'\ndeadline_margin = '1s'\ndrain_timeout = '2s'\nsync_handlers = 3";
    let settings = with_file(toml, &[("HOOKWRIGHT_DRAIN_TIMEOUT", "9s")]).unwrap();
    assert_eq!(settings.listen_on, Some(ListenOn::Unix));
    assert_eq!(settings.deadline_margin, Duration::from_secs(1));
    assert_eq!(settings.drain_timeout, Duration::from_secs(9));
    assert_eq!(settings.sync_handlers.running, 3);
}

#[test]
fn the_file_configures_plugins_and_debug_does_not_show_how() {
    let toml = r#"
        [plugins."com.example.filter"]
        words = ["spam", "eggs"]
        limit = 0x10
        ratio = 0.5
        since = 2026-01-02
        [plugins."com.example.filter".smtp]
        password = "hunter2"
        [plugins.welcome]
    "#;
    let settings = with_file(toml, &[]).unwrap();
    let expected = json!({
        "words": ["spam", "eggs"], "limit": 16, "ratio": 0.5, "since": "2026-01-02",
        "smtp": {"password": "hunter2"},
    });
    assert_eq!(settings.plugins.get("com.example.filter"), Some(&expected));
    assert_eq!(settings.plugins.get("welcome"), Some(&json!({})));
    let shown = format!("{settings:?}");
    assert!(shown.contains("com.example.filter") && !shown.contains("hunter2"), "{shown}");
}

#[test]
fn what_is_wrong_with_the_file_is_said_with_its_line() {
    for (toml, expected) in [
        ("\nlisten = 'udp'", r#"hw.toml, line 2: listen is "udp": expected auto, tcp or unix"#),
        ("listen = ''", r#"hw.toml, line 1: listen is "": expected auto, tcp or unix"#),
        ("listen = 5", "hw.toml, line 1: listen is 5: expected auto, tcp or unix"),
        ("listen = []", "hw.toml, line 1: listen is an array: expected auto, tcp or unix"),
        (
            "sync_handlers = '8'",
            r#"hw.toml, line 1: sync_handlers is "8": expected a whole number from 1 to 512"#,
        ),
        (
            "sync_handlers = 1.5",
            "hw.toml, line 1: sync_handlers is 1.5: expected a whole number from 1 to 512",
        ),
        (
            "drain_timeout = true",
            "hw.toml, line 1: drain_timeout is true: expected a time above 0 and up to 10min, such \
             as 5s",
        ),
        (
            "# ours\n\nworkers = 5",
            "hw.toml, line 3: unknown key \"workers\": known are log_level, log, protocol, listen, \
             deadline_margin, drain_timeout, outlive_host, sync_handlers, sync_waiting, \
             async_handlers, async_waiting, \
             all_handlers, all_waiting, calls, web_requests, plugin_web_requests, quarantine_failures, quarantine_window, \
             quarantine_pause, watchdog, metrics, metrics_token, reflection, [plugins.\"ID\"] and \
             [handlers.\"ID\".HOOK]",
        ),
        (
            "plugins = 5",
            "hw.toml, line 1: plugins is an integer: expected a table, as in [plugins.\"ID\"]",
        ),
        (
            "[plugins]\ntoken = 'hunter2'",
            "hw.toml, line 2: plugins.\"token\" is a string: expected a table, as in \
             [plugins.\"ID\"]",
        ),
        (
            "handlers = []",
            "hw.toml, line 1: handlers is an array: expected a table, as in \
             [handlers.\"ID\".HOOK]",
        ),
        (
            "[handlers.x]\nOnActivate = 5",
            "hw.toml, line 2: handlers.\"x\".OnActivate is an integer: expected a table, as in \
             [handlers.\"ID\".HOOK]",
        ),
        (
            "[handlers.x.OnActivated]",
            "hw.toml, line 1: handlers.\"x\".OnActivated: `OnActivated` is not the name of a hook",
        ),
        (
            "[handlers.x.OnActivate]\ntimeout = '0s'",
            "hw.toml, line 1: handlers.\"x\".OnActivate.timeout: invalid value: string \"0s\", \
             expected a time above zero with its unit, such as 250ms or 5s",
        ),
        (
            "[handlers.x.OnActivate]\nenabled = 'no'",
            "hw.toml, line 1: handlers.\"x\".OnActivate.enabled: invalid type: string \"no\", \
             expected a boolean",
        ),
        (
            "[handlers.x.OnActivate]\nordr = 1",
            "hw.toml, line 1: handlers.\"x\".OnActivate.ordr: unknown field `ordr`, expected one \
             of `enabled`, `priority`, `timeout`, `on_failure`, `on_caller_gone`",
        ),
        (
            "metrics_token = 'short'",
            "hw.toml, line 1: metrics_token is not shown: expected a text of 16 characters or more",
        ),
        (
            "[plugins.x]\n\nratio = nan",
            "hw.toml, line 3: plugins.\"x\" holds a number that JSON cannot hold",
        ),
    ] {
        assert_eq!(with_file(toml, &[]).unwrap_err(), expected);
    }
}

#[test]
fn a_file_that_cannot_be_read_or_is_not_toml_is_refused_by_its_path() {
    let error = error_of(&[("HOOKWRIGHT_CONFIG", "missing.toml")]);
    assert!(error.starts_with("missing.toml: cannot be read: "), "{error}");
    let error = error_of(&[("HOOKWRIGHT_CONFIG", "/")]);
    assert!(error.starts_with("/: cannot be read: "), "{error}");
    for toml in ["listen = 'tcp'\nlisten", "listen = 'tcp'\nlisten = 'unix'"] {
        let error = with_file(toml, &[]).unwrap_err();
        assert!(error.starts_with("hw.toml, line 2: is not TOML: "), "{error}");
        assert!(!error.contains('\n'), "{error}");
    }
}

#[test]
fn a_wrong_value_in_the_file_is_refused_even_where_the_environment_wins() {
    let error = with_file("listen = 'udp'", &[("HOOKWRIGHT_LISTEN", "tcp")]).unwrap_err();
    assert!(error.contains(r#"listen is "udp""#), "{error}");
}

#[test]
fn a_file_nested_without_end_is_refused_and_does_not_overflow_the_stack() {
    let deep = format!("[plugins.x]\na = {}", "[".repeat(100_000));
    assert!(with_file(&deep, &[]).unwrap_err().contains("is not TOML: "));
    let dotted = format!("plugins.x{} = 1", ".a".repeat(100_000));
    let _ = with_file(&dotted, &[]);
}

#[test]
fn the_file_has_the_operators_word_on_handlers() {
    let toml = r#"
        [handlers."com.example.filter".MessageWillBePosted]
        priority = -10
        timeout = "250ms"
        on_failure = "closed"
        on_caller_gone = "finish"
        [handlers."com.example.filter".OnActivate]
        enabled = false
    "#;
    let settings = with_file(toml, &[]).unwrap();
    let of = |hook| &settings.handlers[&("com.example.filter".to_owned(), hook)];
    assert_eq!(
        *of(HookName::MessageWillBePosted),
        HandlerOverride {
            enabled: None,
            priority: Some(-10),
            timeout: Some(Duration::from_millis(250)),
            on_failure: Some(FailurePolicy::Closed),
            on_caller_gone: Some(CallerGone::Finish),
        }
    );
    assert_eq!(of(HookName::OnActivate).enabled, Some(false));
    assert_eq!(settings.handlers.len(), 2);
}
