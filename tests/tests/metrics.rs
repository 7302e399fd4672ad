//! The page of metrics under the plugin's own path.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use hookwright_proto::mattermost::{HttpHeader, ServeHttpRequest, ServeHttpRequestInit};
use hookwright_tests::ask::{post, posted, update};
use hookwright_tests::{Plugin, hosted};
use tokio_stream::StreamExt as _;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");
const WEB: &str = env!("CARGO_BIN_EXE_fixture-http");
const TOKEN: &str = "a token of the operator";

#[tokio::test]
async fn the_ends_of_handlers_are_counted_and_timed() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;
    for what in ["anything", "error", "panic"] {
        let _ = hooks.message_will_be_updated(update(what)).await;
        hooks.message_has_been_posted(posted(what)).await.unwrap();
    }
    let ends = "hookwright_handler_ends_total";
    for outcome in ["ok", "error", "panic"] {
        for handler in ["filter_async", "notify_sync"] {
            let labels = [format!("outcome=\"{outcome}\""), format!("handler=\"{handler}\"")];
            let labels = labels.each_ref().map(String::as_str);
            assert_eq!(plugin.metric(ends, &labels).await, 1.0, "{labels:?}");
        }
    }
    let timed = ["handler=\"filter_async\"", "plugin=\"com.example.trouble\""];
    assert_eq!(plugin.metric("hookwright_handler_seconds_count", &timed).await, 3.0);
    assert!(plugin.metric("hookwright_tasks", &[]).await > 0.0);
    let page = plugin.metrics().await;
    assert!(page.contains("# TYPE hookwright_handler_seconds histogram"), "{page}");
    hooks.message_will_be_posted(post("anything")).await.unwrap();
}

#[tokio::test]
async fn a_token_keeps_others_out() {
    let mut command = hosted(FIXTURE);
    command.env("HOOKWRIGHT_METRICS_TOKEN", TOKEN);
    let plugin = Plugin::start(command).await;
    for authorization in [None, Some("Bearer wrong"), Some(TOKEN), Some("Bearer ")] {
        assert_eq!(fetch(&plugin, "GET", authorization).await.0, 401, "{authorization:?}");
    }
    let (status, page) = fetch(&plugin, "GET", Some(&format!("Bearer {TOKEN}"))).await;
    assert_eq!(status, 200);
    assert!(page.contains("hookwright_tasks"), "{page}");
    assert_eq!(fetch(&plugin, "POST", None).await.0, 405);
}

#[tokio::test]
async fn the_page_can_be_switched_off() {
    let mut command = hosted(FIXTURE);
    command.env("HOOKWRIGHT_METRICS", "off");
    let plugin = Plugin::start(command).await;
    assert_eq!(fetch(&plugin, "GET", None).await.0, 404);
}

#[tokio::test]
async fn the_page_is_for_those_who_are_signed_in_unless_it_is_made_public() {
    let mut command = hosted(FIXTURE);
    command.env("HOOKWRIGHT_METRICS", "public");
    let plugin = Plugin::start(command).await;
    assert_eq!(fetch(&plugin, "GET", None).await.0, 200);
}

#[tokio::test]
async fn the_page_stands_beside_the_pages_of_plugins() {
    let plugin = Plugin::hosted(WEB).await;
    assert_eq!(fetch(&plugin, "GET", None).await.0, 401);
    assert!(plugin.metrics().await.contains("hook=\"ServeHTTP\""));
}

async fn fetch(plugin: &Plugin, method: &str, authorization: Option<&str>) -> (i32, String) {
    let headers = authorization.map(|value| HttpHeader {
        key: "Authorization".to_owned(),
        values: vec![value.to_owned()],
    });
    let init = ServeHttpRequestInit {
        method: method.to_owned(),
        url: "/metrics".to_owned(),
        headers: headers.into_iter().collect(),
        ..ServeHttpRequestInit::default()
    };
    let request = ServeHttpRequest { init: Some(init), body_complete: true, ..Default::default() };
    let response = plugin.hooks().await.serve_http(tokio_stream::once(request)).await;
    let mut messages = response.unwrap().into_inner();
    let (mut status, mut page) = (0, Vec::new());
    while let Some(message) = messages.next().await {
        let message = message.unwrap();
        status = message.init.map_or(status, |init| init.status_code);
        page.extend_from_slice(&message.body_chunk);
    }
    (status, String::from_utf8(page).unwrap())
}
