//! Time limits, and handlers that do not keep them.

use std::time::Duration;

use hookwright_tests::ask::{command, created, deleted, log_in, update, updated};
use hookwright_tests::{Plugin, hosted};
use tokio::process::Command;
use tonic::{Code, Request, Status};

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");

#[tokio::test]
async fn a_handler_that_passes_its_own_limit_is_given_up() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;

    let status = hooks.message_has_been_updated(updated("wait for ever")).await.unwrap_err();
    assert_given_up(&status, "MessageHasBeenUpdated");
    plugin.logged(&["dropped while it waited", "\"handler\":\"notify_async\""]).await;

    let status = hooks.message_has_been_deleted(deleted("block for ever")).await.unwrap_err();
    assert_given_up(&status, "MessageHasBeenDeleted");
    plugin.assert_serves().await;
}

#[tokio::test]
async fn the_limit_of_the_whole_process_holds_for_handlers_without_their_own() {
    let plugin = Plugin::start(with("MATTERMOST_PLUGIN_HOOK_TIMEOUT", "0.2")).await;
    let mut hooks = plugin.hooks().await;

    let status = hooks.message_will_be_updated(update("wait for ever")).await.unwrap_err();
    assert_given_up(&status, "MessageWillBeUpdated");
    let status = hooks.user_has_been_created(created("block for ever")).await.unwrap_err();
    assert_given_up(&status, "UserHasBeenCreated");

    // Where the reply has a place for it.
    let error = plugin.error_of("wait for ever").await;
    assert_eq!((&error.id, error.status_code), (&error.detailed_error, 504));
    let text = error.detailed_error;
    assert!(text.starts_with("the handler did not finish within "), "{text}");

    // A gate that fails closed.
    let reply = hooks.user_will_log_in(log_in("block for ever")).await.unwrap().into_inner();
    let text = reply.rejection_reason;
    let expected = "A plugin could not check this: the handler did not finish within ";
    assert!(text.starts_with(expected), "{text}");
    plugin.assert_healthy().await;
}

/// The margin is as large as it gets, which is a quarter of what the caller gives: far enough for
/// our answer to be there before anything on the caller's side gives up.
#[tokio::test]
async fn a_caller_in_a_hurry_is_answered_before_it_gives_up() {
    let plugin = Plugin::start(with("HOOKWRIGHT_DEADLINE_MARGIN", "30s")).await;
    let hooks = plugin.hooks().await;
    let patience = Duration::from_secs(4);

    let mut calls = [hooks.clone(), hooks.clone(), hooks.clone()];
    let [asynchronous, synchronous, in_band] = &mut calls;
    let mut waiting = Request::new(update("wait for ever"));
    let mut blocking = Request::new(created("block for ever"));
    let mut commanded = Request::new(command("wait for ever"));
    waiting.set_timeout(patience);
    blocking.set_timeout(patience);
    commanded.set_timeout(patience);
    let (waiting, blocking, commanded) = tokio::join!(
        asynchronous.message_will_be_updated(waiting),
        synchronous.user_has_been_created(blocking),
        in_band.execute_command(commanded),
    );

    // Ours, and not what the gRPC library says when a deadline has passed.
    assert_given_up(&waiting.unwrap_err(), "MessageWillBeUpdated");
    assert_given_up(&blocking.unwrap_err(), "UserHasBeenCreated");
    let error = commanded.unwrap().into_inner().error.unwrap();
    assert_eq!(error.status_code, 504);
    plugin.assert_serves().await;
}

#[tokio::test]
async fn a_blocked_handler_is_counted_as_abandoned_and_the_log_says_so() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;

    for abandoned in ["\"abandoned\":1", "\"abandoned\":2"] {
        let status = hooks.message_has_been_deleted(deleted("block for ever")).await.unwrap_err();
        assert_given_up(&status, "MessageHasBeenDeleted");
        let texts = ["it still runs and keeps its slot", "MessageHasBeenDeleted", abandoned];
        plugin.logged(&texts).await;
    }
}

#[tokio::test]
async fn blocked_handlers_take_the_room_of_their_own_plugin_and_of_no_other() {
    let mut plugin = Plugin::start(with("HOOKWRIGHT_SYNC_HANDLERS", "2")).await;
    let mut hooks = plugin.hooks().await;
    for _ in 0..2 {
        hooks.message_has_been_deleted(deleted("block for ever")).await.unwrap_err();
    }
    plugin.logged(&["\"abandoned\":2"]).await;

    // This one waits for room as long as it may, which is longer than the test.
    let waiting = {
        let mut hooks = plugin.hooks().await;
        tokio::spawn(async move { hooks.user_has_been_created(created("ada")).await })
    };
    // This one may not wait long.
    let status = hooks.message_has_been_deleted(deleted("anything")).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    let text = status.message();
    assert_eq!(
        text,
        "MessageHasBeenDeleted: no room to run the handler: none of 2 synchronous handlers of the \
         plugin ended in time, 2 of them past their time limit"
    );

    // An async handler of that plugin, a sync one of the other plugin, and health.
    hooks.message_will_be_updated(update("anything")).await.unwrap();
    assert_eq!(plugin.answer_to("decline").await, "answered by the second");
    plugin.assert_healthy().await;
    assert!(!waiting.is_finished());
    waiting.abort();
}

#[tokio::test]
async fn a_sync_handler_hears_that_its_caller_has_gone_and_gives_its_slot_back() {
    let mut plugin = Plugin::start(with("HOOKWRIGHT_SYNC_HANDLERS", "1")).await;
    let mut hooks = plugin.hooks().await;

    let call = {
        let mut hooks = hooks.clone();
        let request = created("block until cancelled");
        tokio::spawn(async move { hooks.user_has_been_created(request).await })
    };
    plugin.logged(&["begins to block", "user_has_been_created"]).await;
    call.abort();

    plugin.logged(&["a synchronous handler was abandoned", "UserHasBeenCreated"]).await;
    let texts = ["an abandoned handler has ended", "UserHasBeenCreated", "\"abandoned\":0"];
    plugin.logged(&texts).await;
    hooks.user_has_been_created(created("ada")).await.unwrap();
}

#[tokio::test]
async fn a_sync_handler_hears_that_its_time_is_up() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;

    let request = deleted("block until cancelled");
    let status = hooks.message_has_been_deleted(request).await.unwrap_err();

    assert_given_up(&status, "MessageHasBeenDeleted");
    plugin.logged(&["an abandoned handler has ended", "MessageHasBeenDeleted"]).await;
}

#[tokio::test]
async fn an_async_handler_is_dropped_when_its_caller_has_gone() {
    let mut plugin = Plugin::hosted(FIXTURE).await;

    let call = {
        let mut hooks = plugin.hooks().await;
        tokio::spawn(async move { hooks.message_will_be_updated(update("wait for ever")).await })
    };
    plugin.logged(&["begins to wait", "filter_async"]).await;
    call.abort();

    plugin.logged(&["dropped while it waited", "filter_async"]).await;
    plugin.assert_serves().await;
}

/// The fixture with one more variable.
fn with(variable: &str, value: &str) -> Command {
    let mut command = hosted(FIXTURE);
    command.env(variable, value);
    command
}

fn assert_given_up(status: &Status, hook: &str) {
    assert_eq!(status.code(), Code::DeadlineExceeded, "{status:?}");
    let text = status.message();
    assert!(text.starts_with(&format!("{hook}: the handler did not finish within ")), "{text}");
}
