//! Bounds on what runs and what waits, and handlers that are set aside.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::time::Duration;

use hookwright_tests::ask::{command, created, deleted, log_in, post, posted, update, updated};
use hookwright_tests::{PATIENCE, Plugin, hosted};
use tokio::task::JoinHandle;
use tonic::Code;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");
const RUNNING: &str = "hookwright_handlers_running";
const WAITING: &str = "hookwright_handlers_waiting";

#[tokio::test]
async fn async_handlers_have_a_bound_and_so_have_those_that_wait() {
    let bounds = [("HOOKWRIGHT_ASYNC_HANDLERS", "2"), ("HOOKWRIGHT_ASYNC_WAITING", "1")];
    let plugin = with(&bounds).await;
    let trouble = ["kind=\"async\"", "plugin=\"com.example.trouble\""];
    let running = [hold(&plugin).await, hold(&plugin).await];
    plugin.metric_becomes(RUNNING, &trouble, 2.0).await;
    let waiting = hold(&plugin).await;
    plugin.metric_becomes(WAITING, &trouble, 1.0).await;

    let mut hooks = plugin.hooks().await;
    let status = hooks.message_will_be_updated(update("anything")).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert_eq!(
        status.message(),
        "MessageWillBeUpdated: no room to run the handler: 2 asynchronous handlers of the plugin \
         run and 1 wait already"
    );

    // Sync handlers of that plugin, async ones of the other one, and health.
    hooks.user_has_been_created(created("ada")).await.unwrap();
    hooks.message_will_be_posted(post("anything")).await.unwrap();
    plugin.assert_healthy().await;

    // Room that is given back goes to whoever waits, and what waits no longer leaves its place.
    running[0].abort();
    plugin.metric_becomes(WAITING, &trouble, 0.0).await;
    plugin.metric_becomes(RUNNING, &trouble, 2.0).await;
    running[1].abort();
    waiting.abort();
    plugin.metric_becomes(RUNNING, &trouble, 0.0).await;
    hooks.message_will_be_updated(update("anything")).await.unwrap();
}

#[tokio::test]
async fn sync_handlers_that_wait_have_a_bound() {
    let bounds = [("HOOKWRIGHT_SYNC_HANDLERS", "1"), ("HOOKWRIGHT_SYNC_WAITING", "0")];
    let plugin = with(&bounds).await;
    let mut hooks = plugin.hooks().await;
    hooks.message_has_been_deleted(deleted("block for ever")).await.unwrap_err();
    let status = hooks.user_has_been_created(created("ada")).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert!(
        status.message().ends_with(
            "1 synchronous handlers of the plugin run and 0 wait already, 1 of them past their \
             time limit"
        ),
        "{status}"
    );
    assert_eq!(plugin.metric("hookwright_handlers_abandoned", &[]).await, 1.0);
}

#[tokio::test]
async fn waiting_in_vain_takes_nothing_of_the_next_handlers_time() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.toml");
    let settings = r#"
        sync_handlers = 1
        [handlers."com.example.trouble".MessageHasBeenPosted]
        priority = -10
        timeout = "1s"
        [handlers."com.example.zzz-second".MessageHasBeenPosted]
        timeout = "1s""#;
    std::fs::write(&file, settings).unwrap();
    let plugin = with(&[("HOOKWRIGHT_CONFIG", file.to_str().unwrap())]).await;
    let mut hooks = plugin.hooks().await;
    hooks.message_has_been_deleted(deleted("block for ever")).await.unwrap_err();
    // The first handler waits for its plugin's only slot until its time is up.
    hooks.message_has_been_posted(posted("anything")).await.unwrap();
    let ended = |outcome| [outcome, "hook=\"MessageHasBeenPosted\""];
    let ends = "hookwright_handler_ends_total";
    assert_eq!(plugin.metric(ends, &ended("outcome=\"not_run\"")).await, 1.0);
    assert_eq!(plugin.metric(ends, &ended("outcome=\"ok\"")).await, 1.0);
}

#[tokio::test]
async fn the_handlers_of_all_plugins_have_a_bound() {
    let bounds = [("HOOKWRIGHT_ALL_HANDLERS", "1"), ("HOOKWRIGHT_ALL_WAITING", "0")];
    let plugin = with(&bounds).await;
    let held = hold(&plugin).await;
    plugin.metric_becomes(RUNNING, &["kind=\"async\"", "com.example.trouble"], 1.0).await;
    let mut hooks = plugin.hooks().await;
    let status = hooks.user_has_been_created(created("ada")).await.unwrap_err();
    assert_eq!(
        status.message(),
        "UserHasBeenCreated: no room to run the handler: 1 handlers of all plugins run and 0 wait \
         already"
    );
    plugin.assert_healthy().await;
    held.abort();
    plugin.metric_becomes(RUNNING, &["com.example.trouble"], 0.0).await;
    hooks.user_has_been_created(created("ada")).await.unwrap();
}

#[tokio::test]
async fn calls_have_a_bound() {
    let mut plugin = with(&[("HOOKWRIGHT_CALLS", "1")]).await;
    let held = hold(&plugin).await;
    plugin.logged(&["begins to wait"]).await;
    let mut hooks = plugin.hooks().await;
    let status = hooks.user_has_been_created(created("ada")).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    let expected = "UserHasBeenCreated: no room to run the handler: 1 calls are under way";
    assert_eq!(status.message(), expected);
    // Where failing means refusing, and where the reply has a place for an error.
    let refused = hooks.user_will_log_in(log_in("ada")).await.unwrap().into_inner();
    assert!(refused.rejection_reason.starts_with("A plugin could not check this: "), "{refused:?}");
    let error = hooks.execute_command(command("anything")).await.unwrap().into_inner().error;
    assert_eq!(error.unwrap().status_code, 429);
    plugin.logged(&["a call was refused", "UserHasBeenCreated"]).await;
    plugin.assert_healthy().await;
    held.abort();
    plugin.logged(&["dropped while it waited"]).await;
    plugin.metric_becomes("hookwright_calls_under_way", &[], 0.0).await;
    hooks.user_has_been_created(created("ada")).await.unwrap();
}

#[tokio::test]
async fn a_handler_that_fails_again_and_again_is_set_aside_and_tried_again_later() {
    let mut plugin =
        with(&[("HOOKWRIGHT_QUARANTINE_FAILURES", "2"), ("HOOKWRIGHT_QUARANTINE_PAUSE", "50ms")])
            .await;
    let mut hooks = plugin.hooks().await;
    hooks.message_will_be_updated(update("panic")).await.unwrap_err();
    // An error is an answer, and no reason to set a handler aside.
    for _ in 0..3 {
        hooks.message_will_be_updated(update("error")).await.unwrap_err();
    }
    hooks.message_will_be_updated(update("panic")).await.unwrap_err();
    plugin.logged(&["the handler is set aside", "\"handler\":\"filter_async\""]).await;
    let aside = ["hook=\"MessageWillBeUpdated\""];
    assert_eq!(plugin.metric("hookwright_handler_set_aside", &aside).await, 1.0);

    // Others of the same plugin are as before, and the pause ends with one call that goes through.
    hooks.user_has_been_created(created("ada")).await.unwrap();
    let well = loop {
        match hooks.message_will_be_updated(update("reject")).await {
            Ok(reply) => break reply.into_inner(),
            Err(status) => {
                assert_eq!(status.code(), Code::Unavailable);
                let text = status.message();
                let begin = "MessageWillBeUpdated: the handler is set aside after 2 panics or \
                             passed time limits within 1m; it is tried again in 1 s";
                assert_eq!(text, begin);
            }
        }
    };
    assert_eq!(well.rejection_reason, "Please mind your language.");
    plugin.logged(&["the handler is no longer set aside", "filter_async"]).await;
    assert_eq!(plugin.metric("hookwright_handler_set_aside", &aside).await, 0.0);
}

#[tokio::test]
async fn a_caller_in_a_hurry_sets_nobody_aside() {
    let plugin = with(&[("HOOKWRIGHT_QUARANTINE_FAILURES", "1")]).await;
    let mut hooks = plugin.hooks().await;
    let mut hurried = tonic::Request::new(update("wait for ever"));
    hurried.set_timeout(Duration::from_millis(100));
    hooks.message_will_be_updated(hurried).await.unwrap_err();
    let ends = ["hook=\"MessageWillBeUpdated\"", "outcome=\"time_limit\""];
    assert_eq!(plugin.metric("hookwright_handler_ends_total", &ends).await, 1.0);
    assert_eq!(plugin.metric("hookwright_handler_set_aside", &[]).await, 0.0);
    hooks.message_will_be_updated(update("anything")).await.unwrap();
}

#[tokio::test]
async fn passed_time_limits_set_a_handler_aside_too_and_a_failing_probe_again() {
    let plugin =
        with(&[("HOOKWRIGHT_QUARANTINE_FAILURES", "1"), ("HOOKWRIGHT_QUARANTINE_PAUSE", "1ms")])
            .await;
    let mut hooks = plugin.hooks().await;
    let ends = ["hook=\"MessageHasBeenUpdated\"", "outcome=\"time_limit\""];
    // The pause is over before the next call arrives, or it is asked again.
    while plugin.metric("hookwright_handler_ends_total", &ends).await < 2.0 {
        hooks.message_has_been_updated(updated("wait for ever")).await.unwrap_err();
    }
    // Twice, and the second record may take a moment to arrive.
    let told = async {
        while plugin.stderr().matches("the handler is set aside: it fails").count() < 2 {
            plugin.assert_healthy().await;
        }
    };
    tokio::time::timeout(PATIENCE, told).await.expect("it is set aside twice");
}

#[tokio::test]
async fn what_becomes_of_a_handler_when_its_caller_goes_is_for_the_operator_to_say() {
    for (way, outcome) in [("finish", "ok"), ("cancel", "caller_gone")] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("hw.toml");
        let toml = format!(
            "[handlers.\"com.example.trouble\".MessageWillBeUpdated]\non_caller_gone = \"{way}\""
        );
        std::fs::write(&file, toml).unwrap();
        let mut plugin = with(&[("HOOKWRIGHT_CONFIG", file.to_str().unwrap())]).await;
        let call = {
            let mut hooks = plugin.hooks().await;
            let request = update("wait for release");
            tokio::spawn(async move { hooks.message_will_be_updated(request).await })
        };
        plugin.logged(&["begins to wait", "wait for release"]).await;
        call.abort();
        assert!(call.await.unwrap_err().is_cancelled());
        if way == "finish" {
            // It waits although its caller has gone, until it is let go.
            let running = ["com.example.trouble", "kind=\"async\""];
            assert_eq!(plugin.metric(RUNNING, &running).await, 1.0);
            plugin.hooks().await.message_has_been_updated(updated("release")).await.unwrap();
        }
        let ends = ["hook=\"MessageWillBeUpdated\"", &format!("outcome=\"{outcome}\"")];
        plugin.metric_becomes("hookwright_handler_ends_total", &ends, 1.0).await;
        plugin.metric_becomes(RUNNING, &["com.example.trouble"], 0.0).await;
    }
}

/// A call whose async handler holds its slot, or waits for one, until it is aborted.
async fn hold(plugin: &Plugin) -> JoinHandle<()> {
    let mut hooks = plugin.hooks().await;
    tokio::spawn(async move {
        let _ = hooks.message_will_be_updated(update("wait for ever")).await;
    })
}

async fn with(settings: &[(&str, &str)]) -> Plugin {
    let mut command = hosted(FIXTURE);
    command.envs(settings.iter().copied());
    Plugin::start(command).await
}
