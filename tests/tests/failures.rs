//! What becomes of a handler's error or panic: in the reply, in the status, and in the log.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use hookwright_proto::mattermost::{AppError, OnActivateRequest, OnSamlLoginRequest};
use hookwright_proto::prost_types::value::Kind;
use hookwright_tests::ask::{a_user, created, log_in, post, update};
use hookwright_tests::{Plugin, hosted};
use serde_json::Value;
use tonic::{Code, Status};

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");

/// What a handler is told to do, and what leaves the process: its code, as a status of gRPC and of
/// HTTP, and its text.
const ERRORS: [(&str, Code, i32, &str); 7] = [
    ("invalid", Code::InvalidArgument, 400, "that is not a number"),
    ("denied", Code::PermissionDenied, 403, "you may not"),
    ("missing", Code::NotFound, 404, "no such thing"),
    ("unimplemented", Code::Unimplemented, 501, "not done here"),
    ("error", Code::Internal, 500, "something broke"),
    ("path", Code::Internal, 500, "cannot open [path]"),
    ("io", Code::NotFound, 404, "reading the words"),
];
const PANICKED: &str = "the handler panicked; see the plugin's log";

#[tokio::test]
async fn an_error_becomes_a_status_where_the_reply_has_no_place_for_it() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;

    for (what, code, _, text) in ERRORS {
        // Sync.
        let status = hooks.user_has_been_created(created(what)).await.unwrap_err();
        assert_status(&status, code, &format!("UserHasBeenCreated: {text}"));
        // Async.
        let status = hooks.message_will_be_updated(update(what)).await.unwrap_err();
        assert_status(&status, code, &format!("MessageWillBeUpdated: {text}"));
    }
    plugin.assert_serves().await;
}

#[tokio::test]
async fn an_error_goes_into_the_reply_where_there_is_a_place_for_it() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;

    for (what, _, status, text) in ERRORS {
        let error = plugin.error_of(what).await;
        assert_app_error(&error, "ExecuteCommand", text, status, text);

        let request = OnSamlLoginRequest { user: Some(a_user(what)), ..Default::default() };
        let error = hooks.on_saml_login(request).await.unwrap().into_inner().error.unwrap();
        assert_app_error(&error, "OnSAMLLogin", text, status, text);
    }
}

#[tokio::test]
async fn an_error_that_the_handler_words_itself_arrives_as_it_is() {
    let plugin = Plugin::hosted(FIXTURE).await;

    let mut error = plugin.error_of("app error").await;

    let params = error.params.take().unwrap().fields;
    let kinds: Vec<_> = params.into_iter().map(|(name, value)| (name, value.kind)).collect();
    let expected = [
        ("Most".to_owned(), Some(Kind::NumberValue(3.0))),
        ("Of".to_owned(), Some(Kind::StringValue("words".to_owned()))),
    ];
    assert_eq!(kinds, expected);
    let expected = AppError {
        id: "example.too_many".to_owned(),
        message: "Too many words.".to_owned(),
        detailed_error: "in /var/lib/secret, as the handler says it".to_owned(),
        status_code: 429,
        r#where: "count_words".to_owned(),
        ..AppError::default()
    };
    assert_eq!(error, expected);

    // Where the reply has no place for it, its status says the code.
    let status = plugin.hooks().await.message_will_be_updated(update("app error")).await;
    assert_eq!(status.unwrap_err().code(), Code::ResourceExhausted);
}

#[tokio::test]
async fn a_plugin_that_does_not_start_says_why_in_the_reply() {
    for (what, _, status, text) in ERRORS {
        let plugin = configured("on_activate", what).await;
        let reply = plugin.hooks().await.on_activate(OnActivateRequest::default()).await.unwrap();
        let error = reply.into_inner().error.unwrap();
        assert_app_error(&error, "OnActivate", "plugin.on_activate.error", status, text);
    }
}

#[tokio::test]
async fn the_whole_error_is_in_the_log_and_says_whose_it_is() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;

    hooks.user_has_been_created(created("io")).await.unwrap_err();
    let record = plugin.logged(&["a handler failed"]).await;
    let record: Value = serde_json::from_str(&record).unwrap();
    assert_eq!(record["@level"], "error");
    assert_eq!(record["error"], "reading the words: No such file or directory (os error 2)");
    assert_eq!(record["hook"], "UserHasBeenCreated");
    assert_eq!(record["plugin"], "com.example.trouble");
    assert_eq!(record["handler"], "user_has_been_created");

    hooks.message_will_be_updated(update("path")).await.unwrap_err();
    let record = plugin.logged(&["a handler failed", "/var/lib/secret/words.txt"]).await;
    let record: Value = serde_json::from_str(&record).unwrap();
    assert_eq!(record["hook"], "MessageWillBeUpdated");
    assert_eq!(record["plugin"], "com.example.trouble");
    assert_eq!(record["handler"], "filter_async");
}

#[tokio::test]
async fn a_gate_that_fails_closed_refuses_in_its_reply() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;

    let texts = ERRORS.map(|(what, _, _, text)| (what, text));
    for (what, text) in texts.into_iter().chain([("panic", PANICKED)]) {
        let reply = hooks.user_will_log_in(log_in(what)).await.unwrap().into_inner();
        assert_eq!(reply.rejection_reason, format!("A plugin could not check this: {text}."));
    }
    let record = plugin.logged(&["\"a handler failed\"", "\"code\":\"PermissionDenied\""]).await;
    let record: Value = serde_json::from_str(&record).unwrap();
    assert_eq!((&record["@level"], &record["hook"]), (&"error".into(), &"UserWillLogIn".into()));
    assert_eq!(record["handler"], "gate");
    plugin.assert_serves().await;
}

#[tokio::test]
async fn a_failure_in_a_chain_that_goes_on_is_logged_and_counted() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;

    // The second plugin's filter lets both pass.
    for (what, so_far, text) in [("error", 1.0, "something broke"), ("panic", 2.0, PANICKED)] {
        let reply = hooks.message_will_be_posted(post(what)).await.unwrap().into_inner();
        assert_eq!(reply, Default::default());
        let labels = ["hook=\"MessageWillBePosted\"", "handler=\"filter_sync\""];
        let swallowed = plugin.metric("hookwright_failures_swallowed_total", &labels).await;
        assert_eq!(swallowed, so_far);
        let error = format!("\"error\":\"{text}\"");
        plugin.logged(&["the call went on without a handler that failed", "filter_sync"]).await;
        let record = plugin.logged(&["\"a handler failed\"", &error]).await;
        let record: Value = serde_json::from_str(&record).unwrap();
        assert_eq!(record["@level"], "error");
        assert_eq!(record["error"], text);
        assert_eq!(record["code"], "Internal");
        assert_eq!(record["plugin"], "com.example.trouble");
        assert_eq!(record["handler"], "filter_sync");
    }
}

#[tokio::test]
async fn a_panic_is_internal_and_its_words_and_its_place_are_in_the_log_alone() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;

    let status = hooks.user_has_been_created(created("panic")).await.unwrap_err();
    assert_status(&status, Code::Internal, &format!("UserHasBeenCreated: {PANICKED}"));
    assert_panic_logged(&mut plugin, "the handler's own words", "user_has_been_created").await;

    let status = hooks.message_will_be_updated(update("panic")).await.unwrap_err();
    assert_status(&status, Code::Internal, &format!("MessageWillBeUpdated: {PANICKED}"));
    assert_panic_logged(&mut plugin, "the handler's own words", "filter_async").await;

    let error = plugin.error_of("panic").await;
    assert_app_error(&error, "ExecuteCommand", PANICKED, 500, PANICKED);
    assert_panic_logged(&mut plugin, "the handler's own words", "value").await;
    plugin.assert_serves().await;
}

#[tokio::test]
async fn a_panic_with_a_lock_held_fails_what_takes_the_lock_and_nothing_else() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;

    for words in ["with a lock held", "PoisonError"] {
        let status = hooks.user_has_been_created(created("panic with a lock")).await.unwrap_err();
        assert_status(&status, Code::Internal, &format!("UserHasBeenCreated: {PANICKED}"));
        assert_panic_logged(&mut plugin, words, "user_has_been_created").await;
        plugin.assert_serves().await;
    }
    let status = hooks.message_will_be_updated(update("panic with a lock")).await.unwrap_err();
    assert_status(&status, Code::Internal, &format!("MessageWillBeUpdated: {PANICKED}"));
    plugin.assert_serves().await;
}

/// A process whose plugin is configured by the operator.
async fn configured(key: &str, value: &str) -> Plugin {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hookwright.toml");
    std::fs::write(&file, format!("[plugins.\"com.example.trouble\"]\n{key} = {value:?}\n"))
        .unwrap();
    let mut command = hosted(FIXTURE);
    command.env("HOOKWRIGHT_CONFIG", file);
    Plugin::start(command).await
}

fn assert_status(status: &Status, code: Code, text: &str) {
    assert_eq!((status.code(), status.message()), (code, text));
    assert!(status.details().is_empty());
}

fn assert_app_error(error: &AppError, place: &str, id: &str, status: i32, text: &str) {
    let expected = AppError {
        id: id.to_owned(),
        // A host keeps the details alone, a person looks at the message first.
        message: text.to_owned(),
        detailed_error: text.to_owned(),
        status_code: status,
        r#where: place.to_owned(),
        ..AppError::default()
    };
    assert_eq!(*error, expected);
}

async fn assert_panic_logged(plugin: &mut Plugin, words: &str, handler: &str) {
    let handler = format!("\"handler\":\"{handler}\"");
    let record = plugin.logged(&["\"panicked: ", words, &handler]).await;
    let record: Value = serde_json::from_str(&record).unwrap();
    assert_eq!((&record["@level"], &record["@module"]), (&"error".into(), &"panic".into()));
    assert_eq!(record["plugin"], "com.example.trouble");
    let location = record["location"].as_str().unwrap();
    assert!(location.contains("trouble/src/act.rs:"), "{location}");
    let backtrace = record["backtrace"].as_str().unwrap();
    assert!(backtrace.contains("fixture_trouble::act::end"), "{backtrace}");
}
