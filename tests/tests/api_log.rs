//! The log by way of the server's API.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

use hookwright::AppError;
use hookwright_proto::mattermost::{KeyValuePair, LogInfoRequest, LogInfoResponse};
use hookwright_tests::server::{Answer, Server};
use hookwright_tests::{Plugin, ask, hosted};
use prost::Message as _;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");
const LOG: [&str; 4] = ["LogDebug", "LogInfo", "LogWarn", "LogError"];

/// A server that takes records, and knows a user.
async fn server(log: Answer) -> Server {
    let server = Server::start([("GetUserByUsername", Answer::user("ada"))]).await;
    for method in LOG {
        server.answer(method, log.clone());
    }
    server
}

fn taken() -> Answer {
    Answer::reply(&LogInfoResponse::default())
}

async fn logging(to: &str, level: &str, server: Option<&Server>) -> Plugin {
    let mut command = hosted(FIXTURE);
    command.env("HOOKWRIGHT_LOG", to).env("HOOKWRIGHT_LOG_LEVEL", level);
    if let Some(server) = server {
        command.env("MATTERMOST_PLUGIN_API_TARGET", &server.address);
    }
    Plugin::start(command).await
}

/// Method, message and fields of each record that the server was sent.
fn records(server: &Server) -> Vec<(String, String, Vec<KeyValuePair>)> {
    let of_the_log = |(method, _): &(String, _)| LOG.contains(&method.as_str());
    let record = |(method, request)| {
        // The four requests are alike.
        let LogInfoRequest { msg, key_value_pairs } = LogInfoRequest::decode(request).unwrap();
        (method, msg, key_value_pairs)
    };
    server.take_requests().into_iter().filter(of_the_log).map(record).collect()
}

fn keys(pairs: &[KeyValuePair]) -> Vec<&str> {
    pairs.iter().map(|pair| pair.key.as_str()).collect()
}

#[tokio::test]
async fn records_get_to_the_server_with_their_level_and_fields_and_not_to_stderr() {
    let server = server(taken()).await;
    let plugin = logging("api", "debug", Some(&server)).await;
    assert_eq!(plugin.answer_to("ada").await, "user1");

    let ended = plugin.shut_down().await;

    let records = records(&server);
    let serving = records.iter().find(|(_, message, _)| message == "serving").unwrap();
    assert_eq!(serving.0, "LogInfo");
    assert!(keys(&serving.2).contains(&"address"), "{serving:?}");
    assert!(keys(&serving.2).contains(&"module"), "{serving:?}");
    let answered = records.iter().find(|(_, message, _)| message == "answered").unwrap();
    assert_eq!(answered.0, "LogDebug");
    assert!(keys(&answered.2).contains(&"micros"), "{answered:?}");
    for message in ["\"serving\"", "\"answered\""] {
        assert!(!ended.stderr.contains(message), "{}", ended.stderr);
    }
}

#[tokio::test]
async fn both_is_the_server_and_stderr() {
    let server = server(taken()).await;
    let plugin = logging("both", "info", Some(&server)).await;

    let ended = plugin.shut_down().await;

    assert!(records(&server).iter().any(|(_, message, _)| message == "serving"));
    assert_eq!(ended.stderr.matches("\"serving\"").count(), 1, "{}", ended.stderr);
}

#[tokio::test]
async fn a_panic_gets_to_the_server_as_an_error() {
    let server = server(taken()).await;
    let plugin = logging("api", "info", Some(&server)).await;

    let _ = plugin.hooks().await.message_has_been_posted(ask::posted("panic")).await;
    server.until_called("LogError").await;

    let records = records(&server);
    let (.., fields) = records.iter().find(|(method, ..)| method == "LogError").unwrap();
    assert!(keys(fields).contains(&"hook"), "{records:?}");
}

#[tokio::test]
async fn what_the_server_does_not_take_is_on_stderr_and_the_server_is_told_how_much() {
    let error = AppError::shown(500, "The log is full.").into();
    let refused = LogInfoResponse { error: Some(error) };
    let server = server(Answer::reply(&refused)).await;
    let mut plugin = logging("api", "debug", Some(&server)).await;
    plugin.logged(&["\"serving\""]).await;

    for method in LOG {
        server.answer(method, taken());
    }
    assert_eq!(plugin.answer_to("ada").await, "user1");
    server.until_called("LogWarn").await;
    plugin.shut_down().await;

    let records = records(&server);
    let told: Vec<_> = records.iter().filter(|(method, ..)| method == "LogWarn").collect();
    let [(_, message, fields)] = told.as_slice() else { panic!("{told:?}") };
    assert!(message.contains("did not get here"), "{message}");
    assert_eq!(keys(fields), ["records"]);
}

#[tokio::test]
async fn records_about_the_sending_of_records_are_not_sent() {
    // Each of these is a failure that is logged at this level, in the client or below.
    let server = server(Answer::Status(tonic::Status::unavailable("busy"))).await;
    let mut plugin = logging("api", "trace", Some(&server)).await;
    plugin.logged(&["\"serving\""]).await;
    assert_eq!(plugin.answer_to("ada").await, "user1");

    let ended = plugin.shut_down().await;

    let sent = records(&server).len();
    let written = hookwright_tests::records::records(&ended.stderr).len();
    assert!(sent > 0 && sent <= written, "{sent} sent, {written} on stderr:\n{}", ended.stderr);
}

#[tokio::test]
async fn a_server_that_takes_its_time_holds_up_no_handler_and_no_end() {
    let server = server(Answer::Never).await;
    let plugin = logging("api", "debug", Some(&server)).await;

    let mut hooks = plugin.hooks().await;
    for _ in 0..2000 {
        hooks.message_will_be_posted(ask::post("fine")).await.unwrap();
    }
    let ended = plugin.shut_down().await;

    assert_eq!(ended.code(), Some(0));
    // Those beyond the queue at once, the others at the end.
    assert!(ended.stderr.matches("\"answered\"").count() >= 2000, "{}", ended.stderr.len());
}

#[tokio::test]
async fn without_a_server_the_log_is_on_stderr_and_says_so() {
    let mut plugin = logging("api", "info", None).await;

    plugin.logged(&["\"warn\"", "HOOKWRIGHT_LOG", "MATTERMOST_PLUGIN_API_TARGET"]).await;
    plugin.logged(&["\"serving\""]).await;
}
