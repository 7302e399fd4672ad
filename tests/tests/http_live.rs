//! What browsers get over `ServeHTTP` besides pages: events as they happen, and parts of files.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests may fail like tests"
)]

use hookwright_proto::mattermost::plugin_hooks_client::PluginHooksClient;
use hookwright_proto::mattermost::{HttpHeader, ServeHttpRequest};
use hookwright_tests::usage::Tasks;
use hookwright_tests::web::{Answer, ask, chunk, first, open, whole};
use hookwright_tests::{Plugin, hosted};
use tonic::transport::Channel;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture-http");

fn header<'a>(headers: &'a [HttpHeader], name: &str) -> &'a [String] {
    headers.iter().find(|header| header.key == name).map_or(&[], |header| &header.values)
}

async fn publish(hooks: &PluginHooksClient<Channel>, news: &str) {
    let messages = [
        first("POST", "/news"),
        ServeHttpRequest { body_complete: true, ..chunk(news.to_owned()) },
    ];
    assert_eq!(ask(hooks, messages).await.unwrap().0, 200);
}

#[tokio::test]
async fn an_event_reaches_every_listener_while_the_stream_is_open() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let hooks = plugin.hooks().await;
    let tasks = Tasks::idle(&plugin).await;

    let mut listeners = Vec::new();
    for _ in 0..3 {
        let mut exchange = open(&hooks, whole("GET", "/news")).await.unwrap();
        let head = exchange.response.message().await.unwrap().unwrap();
        assert!(head.flush, "the head does not wait for an event");
        let head = head.init.unwrap();
        assert_eq!(header(&head.headers, "Content-Type"), ["text/event-stream"]);
        assert_eq!(header(&head.headers, "Cache-Control"), ["no-cache"]);
        listeners.push(exchange);
    }
    for news in ["one", "two\nlines", "three"] {
        publish(&hooks, news).await;
        let data = news.replace('\n', "\ndata: ");
        for exchange in &mut listeners {
            let event = exchange.response.message().await.unwrap().unwrap();
            assert_eq!(event.body_chunk, format!("event: news\ndata: {data}\n\n"));
            assert!(event.flush && !event.body_complete, "it does not wait for the next one");
        }
    }
    drop(listeners);
    tasks.assert_idle("listeners that went away").await;
}

#[tokio::test]
async fn a_stream_without_news_is_kept_alive() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let hooks = plugin.hooks().await;
    let mut exchange = open(&hooks, whole("GET", "/heartbeat")).await.unwrap();
    assert!(exchange.response.message().await.unwrap().unwrap().init.is_some());
    for _ in 0..3 {
        let beat = exchange.response.message().await.unwrap().unwrap();
        assert_eq!(beat.body_chunk, ": still here\n\n");
        assert!(beat.flush);
    }
}

/// A process that serves one file of this content, and the folder that it is in.
async fn with_file(content: &[u8]) -> (Plugin, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file.bin"), content).unwrap();
    let mut command = hosted(FIXTURE);
    command.env("WEB_FILES", folder.path());
    (Plugin::start(command).await, folder)
}

async fn download(hooks: &PluginHooksClient<Channel>, headers: &[(&str, &str)]) -> Answer {
    let mut request = whole("GET", "/files/file.bin");
    let wanted = headers.iter().map(|(key, value)| HttpHeader {
        key: (*key).to_owned(),
        values: vec![(*value).to_owned()],
    });
    request.init.as_mut().unwrap().headers.extend(wanted);
    ask(hooks, [request]).await.unwrap()
}

#[tokio::test]
async fn a_part_of_a_file_is_served_as_asked_for() {
    let content: String = ('a'..='z').cycle().take(300_000).collect();
    let (plugin, _folder) = with_file(content.as_bytes()).await;
    let hooks = plugin.hooks().await;

    let (status, headers, body) = download(&hooks, &[]).await;
    assert_eq!((status, body.as_str()), (200, content.as_str()));
    assert_eq!(header(&headers, "Accept-Ranges"), ["bytes"]);
    assert_eq!(header(&headers, "Content-Length"), ["300000"]);

    for (range, from, to) in [
        ("bytes=0-0", 0, 0),
        ("bytes=26-100025", 26, 100_025),
        ("bytes=299999-", 299_999, 299_999),
        ("bytes=-70000", 230_000, 299_999),
        ("bytes=299000-999999", 299_000, 299_999),
    ] {
        let (status, headers, body) = download(&hooks, &[("Range", range)]).await;
        assert_eq!(status, 206, "{range}");
        assert_eq!(header(&headers, "Content-Range"), [format!("bytes {from}-{to}/300000")]);
        assert_eq!(header(&headers, "Content-Length"), [body.len().to_string()]);
        assert_eq!(body, content[from..=to], "{range}");
    }

    let (status, headers, _) = download(&hooks, &[("Range", "bytes=300000-")]).await;
    assert_eq!(status, 416);
    assert_eq!(header(&headers, "Content-Range"), ["bytes */300000"]);
}

#[tokio::test]
async fn a_part_is_served_of_the_version_that_it_is_wanted_of_alone() {
    let (plugin, folder) = with_file(b"the first version").await;
    let hooks = plugin.hooks().await;
    let (_, headers, _) = download(&hooks, &[]).await;
    let version = header(&headers, "Etag")[0].clone();

    let wanted = [("Range", "bytes=4-8"), ("If-Range", version.as_str())];
    let (status, _, body) = download(&hooks, &wanted).await;
    assert_eq!((status, body.as_str()), (206, "first"));

    std::fs::write(folder.path().join("file.bin"), "another version, and a longer one").unwrap();
    let (status, headers, body) = download(&hooks, &wanted).await;
    assert_eq!((status, body.as_str()), (200, "another version, and a longer one"));
    assert_ne!(header(&headers, "Etag"), [version]);
}
