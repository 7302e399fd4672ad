//! The log: each line on stderr is a record that a host can read, from the first to the last.

#![allow(clippy::panic, reason = "helpers of tests may fail like tests")]

use hookwright_proto::go_plugin::Empty;
use hookwright_proto::go_plugin::grpc_controller_client::GrpcControllerClient;
use hookwright_proto::mattermost::plugin_hooks_client::PluginHooksClient;
use hookwright_proto::mattermost::{
    OnActivateRequest, OnCloudLimitsUpdatedRequest, PluginContext, Reaction,
    ReactionHasBeenAddedRequest, RequestContext,
};
use hookwright_tests::ask::{command, post, update};
use hookwright_tests::records::records;
use hookwright_tests::{PATIENCE, Plugin, hosted, run};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tonic::transport::Endpoint;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");

/// Asserts what a host takes for granted; of another type there, it dies.
fn assert_is_a_record(record: &Value) {
    let text = |name: &str| {
        record[name].as_str().unwrap_or_else(|| panic!("{name} is not text: {record}"))
    };
    let levels = ["trace", "debug", "info", "warn", "error"];
    assert!(levels.contains(&text("@level")), "{record}");
    assert_ne!(text("@message"), "", "{record}");
    // To the microsecond, and in this form only.
    let digits = text("@timestamp").replace(|c: char| c.is_ascii_digit(), "0");
    assert_eq!(digits, "0000-00-00T00:00:00.000000Z", "{record}");
    assert!(record.get("timestamp").is_none(), "hosts add a key of that name: {record}");
}

fn reaction(request_id: &str) -> ReactionHasBeenAddedRequest {
    ReactionHasBeenAddedRequest {
        context: Some(RequestContext { request_id: request_id.into(), ..Default::default() }),
        plugin_context: Some(PluginContext { request_id: request_id.into(), ..Default::default() }),
        reaction: Some(Reaction { emoji_name: "crab".into(), ..Reaction::default() }),
    }
}

/// The one record that has this message.
fn with_message<'r>(records: &'r [Value], message: &str) -> &'r Value {
    let mut found = records.iter().filter(|record| record["@message"] == message);
    let record = found.next().unwrap_or_else(|| panic!("no {message:?} in {records:?}"));
    assert!(found.next().is_none(), "{message:?} is there twice");
    record
}

#[tokio::test]
async fn every_line_of_a_run_is_a_record() {
    let mut hosted = hosted(FIXTURE);
    hosted.env("MATTERMOST_PLUGIN_LOG_LEVEL", "debug").env("HOOKWRIGHT_NO_SUCH", "1");
    hosted.env("PLUGIN_PROTOCOL_VERSIONS", "1,\"\n");
    let plugin = Plugin::start(hosted).await;
    let mut hooks = plugin.hooks().await;
    hooks.on_activate(OnActivateRequest::default()).await.unwrap();
    hooks.reaction_has_been_added(reaction("r1")).await.unwrap();
    hooks.message_will_be_updated(update("line one\nline two")).await.unwrap();
    hooks.message_will_be_updated(update("error")).await.expect_err("it fails");
    hooks.message_will_be_updated(update("panic")).await.expect_err("it fails");
    hooks.message_will_be_posted(post("panic with a lock")).await.unwrap();
    hooks.execute_command(command("somebody")).await.expect("an error in the reply");

    let ended = plugin.shut_down().await;
    let records = records(&ended.stderr);
    records.iter().for_each(assert_is_a_record);
    for message in ["serving", "reacted", "panicked: the handler's own words", "stopping"] {
        with_message(&records, message);
    }
}

#[tokio::test]
async fn a_handlers_records_say_whose_they_are() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;
    hooks.reaction_has_been_added(reaction("request-7")).await.unwrap();
    let mut posted = post("panic");
    posted.plugin_context =
        Some(PluginContext { request_id: "request-8".into(), ..Default::default() });
    posted.context = Some(RequestContext { request_id: "request-8".into(), ..Default::default() });
    hooks.message_will_be_posted(posted).await.unwrap();

    let records = records(&plugin.shut_down().await.stderr);
    for (message, hook, handler, request_id) in [
        ("reacted", "ReactionHasBeenAdded", "log_it", "request-7"),
        ("panicked: the handler's own words", "MessageWillBePosted", "filter_sync", "request-8"),
        ("a handler failed", "MessageWillBePosted", "filter_sync", "request-8"),
    ] {
        let record = with_message(&records, message);
        assert_eq!(record["hook"], hook, "{record}");
        assert_eq!(record["plugin"], "com.example.trouble", "{record}");
        assert_eq!(record["handler"], handler, "{record}");
        assert_eq!(record["request_id"], request_id, "{record}");
    }
    let reacted = with_message(&records, "reacted");
    assert_eq!((&reacted["emoji"], &reacted["@level"]), (&"crab".into(), &"info".into()));
    let panicked = with_message(&records, "panicked: the handler's own words");
    assert_eq!(panicked["@level"], "error");
    assert!(panicked["location"].as_str().unwrap().contains("act.rs:"), "{panicked}");
    assert!(panicked["backtrace"].as_str().unwrap().contains("blocking"), "{panicked}");
}

#[tokio::test]
async fn records_of_a_task_say_whose_it_is_by_the_contexts_span_or_one_that_the_handler_made() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut updated = update("log in tasks");
    updated.plugin_context =
        Some(PluginContext { request_id: "request-9".into(), ..Default::default() });
    updated.context = Some(RequestContext { request_id: "request-9".into(), ..Default::default() });
    plugin.hooks().await.message_will_be_updated(updated).await.unwrap();
    let records = records(&plugin.shut_down().await.stderr);
    for (message, says_whose) in [
        ("in the context's span", true),
        ("in a span of the handler's own", true),
        ("on a thread that may block", true),
        ("in a bare task", false),
        ("in the current span", false),
    ] {
        let record = with_message(&records, message);
        let expected = [
            ("hook", "MessageWillBeUpdated"),
            ("plugin", "com.example.trouble"),
            ("handler", "filter_async"),
            ("request_id", "request-9"),
        ];
        for (name, value) in expected {
            assert_eq!(record.get(name).is_some_and(|is| is == value), says_whose, "{record}");
            assert_eq!(record.get(name).is_some(), says_whose, "{record}");
        }
    }
    let own = with_message(&records, "in a span of the handler's own");
    assert_eq!(own["of"], "the handler");
}

#[tokio::test]
async fn a_refusal_to_start_is_a_record_as_well() {
    let mut command = hosted(FIXTURE);
    command.env("HOOKWRIGHT_LISTEN", "u\ndp\u{1b}").env("HOOKWRIGHT_SYNC_HANDLERS", "\"");
    let ended = run(command).await;
    let records = records(&ended.stderr);
    assert_eq!(records.len(), 1, "{}", ended.stderr);
    assert_is_a_record(&records[0]);
}

#[tokio::test]
async fn a_reader_that_leaves_does_not_end_the_process() {
    let (reader, writer) = std::io::pipe().unwrap();
    let mut hosted = hosted(FIXTURE);
    hosted.stderr(writer).env("MATTERMOST_PLUGIN_LOG_LEVEL", "debug");
    let mut child = hosted.spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).await.unwrap();
    drop(reader);

    let address = line.split('|').nth(3).expect("a handshake");
    let endpoint = Endpoint::try_from(format!("http://{address}")).unwrap();
    let channel = endpoint.connect().await.unwrap();
    let mut hooks = PluginHooksClient::new(channel.clone());
    for _ in 0..2 {
        hooks.reaction_has_been_added(reaction("r1")).await.expect("it logs and answers");
        hooks.on_cloud_limits_updated(OnCloudLimitsUpdatedRequest::default()).await.unwrap();
        hooks.message_will_be_updated(update("panic")).await.expect_err("it panics and lives");
    }
    let reply = hooks.message_will_be_posted(post("reject")).await.unwrap().into_inner();
    assert_eq!(reply.rejection_reason, "Please mind your language.");
    GrpcControllerClient::new(channel).shutdown(Empty {}).await.expect("a reply");
    let status = tokio::time::timeout(PATIENCE, child.wait()).await;
    assert_eq!(status.expect("it ends").unwrap().code(), Some(0));
}
