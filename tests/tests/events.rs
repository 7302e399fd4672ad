//! Events, triggered over gRPC and by plugins: who runs, in which order, and what a failure means.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use hookwright::HookName;
use hookwright_proto::events::event::Payload;
use hookwright_proto::events::{
    ClientAdded, ClientRemoved, Event, ListRequest, Startup, TriggerRequest,
};
use hookwright_proto::mattermost::ImplementedRequest;
use hookwright_tests::ask::{post, update};
use hookwright_tests::events::{added, events, ran, renamed, request};
use hookwright_tests::{Plugin, hosted};
use tempfile::TempDir;
use tonic::Code;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture-events");

/// The handlers of `client.added`: by priority, then plugin, then name.
const ALL: [&str; 5] = ["sync_one", "async_one", "recursive", "last", "listed"];

#[tokio::test]
async fn every_handler_runs_in_order_and_the_answer_says_who_and_how_long() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let response = events(&plugin).await.trigger(added("quiet")).await.unwrap().into_inner();
    assert_eq!(
        (response.event.as_str(), ran(&response)),
        ("client.added", ALL.map(str::to_owned).to_vec())
    );
    let plugins: Vec<_> = response.ran.iter().map(|ran| ran.plugin.as_str()).collect();
    let (own, other) = ("com.example.events", "com.example.aaa");
    assert_eq!(plugins, [own, own, own, other, own]);
    assert!(response.ran.iter().all(|ran| ran.took.is_some()));

    let startup = request(Payload::Startup(Startup {}));
    let response = events(&plugin).await.trigger(startup).await.unwrap().into_inner();
    assert_eq!(
        (response.event.as_str(), ran(&response)),
        ("startup", vec!["started".into(), "listed".into()])
    );
}

#[tokio::test]
async fn an_error_a_panic_or_a_passed_time_limit_is_told_and_logged_and_stops_nobody() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    for (what, failed, told) in [
        ("sync error", "sync_one", "ERROR: not this one, says [path]"),
        ("sync panic", "sync_one", "PANIC: the handler panicked; see the plugin's log"),
        ("sync hang", "sync_one", "TIME_LIMIT: the handler did not finish within 2000 ms"),
        ("error", "async_one", "ERROR: the lookup failed"),
        ("panic", "async_one", "PANIC: the handler panicked; see the plugin's log"),
        ("hang", "async_one", "TIME_LIMIT: the handler did not finish within 2000 ms"),
    ] {
        let response = events(&plugin).await.trigger(added(what)).await.unwrap().into_inner();
        let expected = ALL.map(|name| match name == failed {
            true => format!("{name}: {told}"),
            false => name.to_owned(),
        });
        assert_eq!(ran(&response), expected, "{what}");
        let handler = format!("\"handler\":\"{failed}\"");
        plugin.logged(&["a handler failed", &handler, "\"hook\":\"client.added\""]).await;
    }
}

#[tokio::test]
async fn what_is_no_event_is_refused_with_what_is_wrong_about_it() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut client = events(&plugin).await;
    let removed = |reason| Payload::ClientRemoved(ClientRemoved { clients: Vec::new(), reason });
    for (wrong, said) in [
        (
            TriggerRequest { event: None },
            "`event` is missing: expected an event with one of `startup`, `client_added`",
        ),
        (
            TriggerRequest { event: Some(Event::default()) },
            "the event has no payload: expected one of `startup`",
        ),
        (
            request(Payload::ClientAdded(ClientAdded { client: None })),
            "`client_added.client` is missing",
        ),
        (
            request(removed(77)),
            "`client_removed.reason` is 77: expected one of REMOVAL_REASON_UNSPECIFIED, REMOVAL_REASON_REQUESTED",
        ),
    ] {
        let status = client.trigger(wrong).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{status}");
        assert!(status.message().contains(said), "{said}: {}", status.message());
    }
    assert!(client.trigger(request(removed(2))).await.is_ok());
}

#[tokio::test]
async fn the_list_has_each_event_with_its_words_and_its_handlers_in_order() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let listed = events(&plugin).await.list(ListRequest {}).await.unwrap().into_inner().events;
    let names: Vec<_> = listed.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names, HookName::events().map(HookName::as_str).collect::<Vec<_>>());
    let added = listed.iter().find(|event| event.name == "client.added").unwrap();
    assert_eq!(added.doc, "A client was registered in a fleet.");
    let handlers: Vec<_> =
        added.handlers.iter().map(|handler| (handler.name.as_str(), handler.priority)).collect();
    assert_eq!(handlers.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ALL);
    assert_eq!(
        handlers.iter().map(|(_, priority)| *priority).collect::<Vec<_>>(),
        [-10, -5, 0, 10, 10]
    );
}

#[tokio::test]
async fn the_order_and_who_runs_are_the_operators() {
    let (plugin, _folder) = operated(
        "[handlers.\"com.example.aaa\".\"client.added\"]\npriority = -20\n\
         [handlers.\"com.example.events\".startup]\nenabled = false",
    )
    .await;
    let mut client = events(&plugin).await;
    let response = client.trigger(added("quiet")).await.unwrap().into_inner();
    assert_eq!(ran(&response), ["last", "sync_one", "async_one", "recursive", "listed"]);
    let startup = request(Payload::Startup(Startup {}));
    assert!(client.trigger(startup).await.unwrap().into_inner().ran.is_empty());
}

#[tokio::test]
async fn an_operator_cannot_have_a_failure_stop_an_event() {
    let (command, _folder) = configured(
        "[handlers.\"com.example.events\".\"client.added\"]\n\
         on_failure = \"closed\"\non_caller_gone = \"cancel\"",
    );
    let ended = hookwright_tests::run(command).await;
    assert_eq!(ended.code(), Some(2));
    for key in ["on_failure is \\\"closed\\\"", "on_caller_gone is \\\"cancel\\\""] {
        assert!(ended.stderr.contains(key), "{key}: {}", ended.stderr);
    }
}

#[tokio::test]
async fn an_event_that_triggers_itself_ends_at_a_depth_by_whichever_handle_it_does() {
    for what in ["again", "again by another"] {
        let mut plugin = Plugin::hosted(FIXTURE).await;
        let response = events(&plugin).await.trigger(added(what)).await.unwrap().into_inner();
        // The innermost trigger runs nobody; each one around it hands on why.
        let said = "recursive: ERROR: the event is triggered inside handlers of events, more than 4 deep; does it trigger itself?";
        let expected = ALL.map(|name| match name {
            "recursive" => said.to_owned(),
            _ => name.to_owned(),
        });
        assert_eq!(ran(&response), expected, "{what}");
        plugin.logged(&["a handler failed", "\"handler\":\"listed\"", "more than 4 deep"]).await;
        let runs = plugin.shut_down().await.stderr.matches("\"@message\":\"listed\"").count();
        assert_eq!(runs, 4, "{what}");
    }
}

#[tokio::test]
async fn work_in_the_background_is_nested_in_no_event_however_deep_it_began() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    events(&plugin).await.trigger(added("background 9")).await.unwrap();
    plugin.logged(&["the last in the background"]).await;
}

#[tokio::test]
async fn handlers_that_trigger_events_never_wait_for_the_slots_that_they_hold() {
    let (plugin, _folder) =
        operated("sync_handlers = 1\nasync_handlers = 1\nall_handlers = 1").await;
    let (first, second) = (plugin.hooks().await, plugin.hooks().await);
    let posted = async { first.clone().message_will_be_posted(post("sync again")).await };
    let updated = async { second.clone().message_will_be_updated(update("sync again")).await };
    let (posted, updated) = tokio::join!(posted, updated);
    assert_eq!(posted.unwrap().into_inner().rejection_reason, "");
    assert_eq!(updated.unwrap().into_inner().rejection_reason, "");
}

#[tokio::test]
async fn an_event_is_handled_to_its_end_though_nobody_waits_for_it() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let waiting = tokio::spawn({
        let mut hooks = plugin.hooks().await;
        async move { hooks.message_will_be_posted(post("wait")).await }
    });
    plugin.logged(&["waiting", "client_hostname_changed"]).await;
    waiting.abort();
    assert!(waiting.await.unwrap_err().is_cancelled());
    // The handler that triggered it has been given up by now.
    let given_up = ["hook=\"MessageWillBePosted\"", "outcome=\"caller_gone\""];
    plugin.metric_becomes("hookwright_handler_ends_total", &given_up, 1.0).await;
    events(&plugin).await.trigger(renamed("go on")).await.unwrap();
    plugin.logged(&["handled to the end", "\"previous\":\"wait\""]).await;
}

#[tokio::test]
async fn a_handler_of_a_hook_is_told_what_failed_and_goes_on() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;
    let reply = hooks.message_will_be_posted(post("error")).await.unwrap().into_inner();
    assert_eq!(reply.rejection_reason, "async_one failed");
    let reply = hooks.message_will_be_updated(update("sync panic")).await.unwrap().into_inner();
    assert_eq!(reply.rejection_reason, "sync_one failed");
}

#[tokio::test]
async fn a_host_is_told_of_no_event() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;
    let reply = hooks.implemented(ImplementedRequest::default()).await.unwrap().into_inner();
    let hooks = reply.hooks;
    assert!(hooks.contains(&"MessageWillBePosted".to_owned()), "{hooks:?}");
    assert!(!hooks.iter().any(|hook| hook == "startup" || hook.contains('.')), "{hooks:?}");
}

fn configured(settings: &str) -> (tokio::process::Command, TempDir) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("settings.toml");
    std::fs::write(&file, settings).unwrap();
    let mut command = hosted(FIXTURE);
    command.env("HOOKWRIGHT_CONFIG", file);
    (command, folder)
}

async fn operated(settings: &str) -> (Plugin, TempDir) {
    let (command, folder) = configured(settings);
    (Plugin::start(command).await, folder)
}
