//! `ServeHTTP` over real gRPC, by a client that behaves as the host does.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests may fail like tests"
)]

use futures::StreamExt as _;
use hookwright_proto::mattermost::{
    HttpHeader, PluginContext, ServeHttpRequest, ServeHttpRequestInit, ServeHttpResponse,
};
use hookwright_tests::Plugin;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status, Streaming};

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture-http");

/// An open request: what is sent, and what comes back.
struct Exchange {
    sender: mpsc::Sender<ServeHttpRequest>,
    response: Streaming<ServeHttpResponse>,
}

fn init(method: &str, url: &str) -> ServeHttpRequestInit {
    ServeHttpRequestInit {
        method: method.into(),
        url: url.into(),
        proto: "HTTP/1.1".into(),
        proto_major: 1,
        proto_minor: 1,
        host: "chat.example.com".into(),
        remote_addr: "192.0.2.7:4711".into(),
        request_uri: "/plugins/com.example.web?access_token=secret&a=1".into(),
        content_length: -1,
        headers: vec![HttpHeader {
            key: "Accept".into(),
            values: vec!["text/plain".into(), "text/html".into()],
        }],
        plugin_context: Some(PluginContext { request_id: "r1".into(), ..PluginContext::default() }),
    }
}

fn first(method: &str, url: &str) -> ServeHttpRequest {
    ServeHttpRequest { init: Some(init(method, url)), ..ServeHttpRequest::default() }
}

fn chunk(bytes: impl Into<bytes::Bytes>) -> ServeHttpRequest {
    ServeHttpRequest { body_chunk: bytes.into(), ..ServeHttpRequest::default() }
}

fn complete() -> ServeHttpRequest {
    ServeHttpRequest { body_complete: true, ..ServeHttpRequest::default() }
}

async fn open(plugin: &Plugin, first: ServeHttpRequest) -> Result<Exchange, Status> {
    let (sender, receiver) = mpsc::channel(1);
    sender.send(first).await.unwrap();
    let mut hooks = plugin.hooks().await;
    let response = hooks.serve_http(ReceiverStream::new(receiver)).await?.into_inner();
    Ok(Exchange { sender, response })
}

/// Sends a request without a body, and reads the whole response.
async fn fetch(plugin: &Plugin, method: &str, url: &str) -> (i32, Vec<HttpHeader>, String) {
    let request = ServeHttpRequest { body_complete: true, ..first(method, url) };
    read(open(plugin, request).await.unwrap()).await
}

async fn read(mut exchange: Exchange) -> (i32, Vec<HttpHeader>, String) {
    let message = exchange.response.message().await.unwrap().expect("a first message");
    let init = message.init.expect("the first message has the head");
    let mut body = message.body_chunk.to_vec();
    let mut ended = message.body_complete;
    while let Some(message) = exchange.response.message().await.unwrap() {
        assert!(!ended, "nothing follows the end");
        assert!(message.init.is_none(), "the head comes once");
        body.extend_from_slice(&message.body_chunk);
        ended = message.body_complete;
    }
    assert!(ended, "the end is said");
    (init.status_code, init.headers, String::from_utf8(body).unwrap())
}

#[tokio::test]
async fn a_handler_sees_the_request_as_the_server_got_it() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let (status, _, body) = fetch(&plugin, "PUT", "/about?x=%20y").await;
    assert_eq!(status, 200);
    assert_eq!(
        body,
        "PUT /about?x=%20y HTTP/1.1 host=Some(\"chat.example.com\") accept=[\"text/plain\", \"text/html\"] remote=Some(\"192.0.2.7:4711\") original=Some(\"/plugins/com.example.web?a=1\") request=r1 limit=None"
    );
}

#[tokio::test]
async fn values_of_a_header_keep_their_order_and_hop_by_hop_headers_go() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let (status, headers, body) = fetch(&plugin, "GET", "/cookies").await;
    assert_eq!((status, body.as_str()), (799, "ok"));
    let names: Vec<_> = headers.iter().map(|header| header.key.as_str()).collect();
    assert!(!names.contains(&"Connection") && !names.contains(&"X-Hop"), "{names:?}");
    let cookies = headers.iter().find(|header| header.key == "Set-Cookie").unwrap();
    assert_eq!(cookies.values, ["b=2", "a=1", "c=3"]);
}

#[tokio::test]
async fn the_longest_mount_path_gets_the_request_and_a_sync_handler_reads_its_body() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let (sender, receiver) = mpsc::channel(4);
    for message in [first("POST", "/other/x"), chunk("abc"), chunk("de"), complete()] {
        sender.send(message).await.unwrap();
    }
    let response = plugin.hooks().await.serve_http(ReceiverStream::new(receiver)).await.unwrap();
    let (status, _, body) = read(Exchange { sender, response: response.into_inner() }).await;
    assert_eq!((status, body.as_str()), (200, "other got /other/x and 5 bytes"));
    assert_eq!(fetch(&plugin, "GET", "/otherwise").await.0, 404);
}

#[tokio::test]
async fn a_response_may_begin_and_go_on_while_the_request_does() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut exchange = open(&plugin, first("POST", "/events")).await.unwrap();
    let head = exchange.response.message().await.unwrap().unwrap();
    assert_eq!(head.init.unwrap().status_code, 200);
    assert!(head.flush, "the head goes out before there is a body");
    for text in ["one", "two", "three"] {
        exchange.sender.send(chunk(text)).await.unwrap();
        let event = exchange.response.message().await.unwrap().unwrap();
        assert_eq!(event.body_chunk, format!("data: {text}\n\n"));
        assert!(event.flush, "an event does not wait for the next one");
    }
    exchange.sender.send(complete()).await.unwrap();
    let end = exchange.response.message().await.unwrap().unwrap();
    assert!(end.body_complete);
}

#[tokio::test]
async fn an_early_answer_does_not_block_the_hosts_sender() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut exchange = open(&plugin, first("POST", "/early")).await.unwrap();
    let answer = exchange.response.message().await.unwrap().unwrap();
    assert_eq!(answer.body_chunk, "no need to read it");
    // More than any window: it is taken all the same.
    for _ in 0..100 {
        exchange.sender.send(chunk(vec![0; 65536])).await.unwrap();
    }
}

#[tokio::test]
async fn chunks_are_of_64_kib_at_most_and_a_long_body_arrives_whole() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let request = ServeHttpRequest { body_complete: true, ..first("GET", "/bytes/1000000") };
    let mut exchange = open(&plugin, request).await.unwrap();
    let mut count = 0_u64;
    while let Some(message) = exchange.response.message().await.unwrap() {
        assert!(message.body_chunk.len() <= 65536);
        for byte in &message.body_chunk {
            assert_eq!(*byte, fixture_web::byte_at(count));
            count += 1;
        }
    }
    assert_eq!(count, 1_000_000);
}

#[tokio::test]
async fn a_body_that_the_host_breaks_off_is_an_error_of_its_reader() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let (sender, receiver) = mpsc::channel(2);
    sender.send(first("POST", "/count")).await.unwrap();
    sender.send(chunk([0, 1, 2].to_vec())).await.unwrap();
    drop(sender);
    let response = plugin.hooks().await.serve_http(ReceiverStream::new(receiver)).await.unwrap();
    let mut response = response.into_inner();
    let message = response.next().await.unwrap().unwrap();
    assert_eq!(message.init.unwrap().status_code, 400);
    assert_eq!(message.body_chunk, "the client went away");
}

#[tokio::test]
async fn a_client_that_goes_away_cancels_the_context() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let mut exchange = open(&plugin, first("GET", "/for-ever")).await.unwrap();
    exchange.response.message().await.unwrap().expect("the head");
    drop(exchange);
    plugin.logged(&["the client has gone", "\"handler\":\"web\""]).await;
}

#[tokio::test]
async fn what_fails_is_a_page_that_says_nothing_of_the_reason() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    for path in ["/panic", "/panic-in-body", "/broken", "/binary-header", "/informational"] {
        let (status, _, body) = fetch(&plugin, "GET", path).await;
        assert_eq!((status, body.as_str()), (500, "Internal Server Error"), "{path}");
    }
    plugin.logged(&["secret words"]).await;
    plugin.logged(&["a secret reason"]).await;
    assert_eq!(fetch(&plugin, "GET", "/cookies").await.0, 799, "it serves on");
}

#[tokio::test]
async fn a_response_that_breaks_off_later_ends_with_a_status() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let request = ServeHttpRequest { body_complete: true, ..first("GET", "/broken-later") };
    let mut exchange = open(&plugin, request).await.unwrap();
    let message = exchange.response.message().await.unwrap().unwrap();
    assert_eq!(message.body_chunk, "so far so good");
    let status = exchange.response.message().await.unwrap_err();
    assert_eq!(status.code(), Code::Internal);
    assert!(!status.message().contains("secret"), "{status}");
}

#[tokio::test]
async fn wrong_streams_get_a_clear_status_and_do_no_harm() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let with = |change: fn(&mut ServeHttpRequestInit)| {
        let mut init = init("GET", "/cookies");
        change(&mut init);
        ServeHttpRequest { init: Some(init), ..ServeHttpRequest::default() }
    };
    let Err(status) = open(&plugin, ServeHttpRequest::default()).await else { panic!("no head") };
    assert_eq!(status.code(), Code::InvalidArgument);
    assert!(status.message().contains("the first message has no `init`"), "{status}");

    // What the client did wrong is told to the client.
    for (request, fault) in [
        (with(|init| init.method = "G T".into()), "the method is"),
        (with(|init| init.url = "http://[".into()), "the URL cannot be read"),
        (with(|init| init.headers[0].key = "a b".into()), "a header is called"),
        (with(|init| init.headers[0].values[0] = "a\nb".into()), "`accept` has invalid bytes"),
    ] {
        let (status, _, body) = read(open(&plugin, request).await.unwrap()).await;
        assert_eq!((status, body.as_str()), (400, "Bad Request"), "{fault}");
        plugin.logged(&["a request is not HTTP", fault]).await;
    }
    let odd = ServeHttpRequest {
        body_complete: true,
        ..with(|init| init.url = "/cookies?q=<ü>".into())
    };
    assert_eq!(read(open(&plugin, odd).await.unwrap()).await.0, 799);
    let absurd =
        ServeHttpRequest { body_complete: true, ..with(|init| init.content_length = i64::MAX) };
    assert_eq!(read(open(&plugin, absurd).await.unwrap()).await.0, 799);
}

#[tokio::test]
async fn a_second_head_breaks_the_body_and_what_follows_the_end_is_reported() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let (sender, receiver) = mpsc::channel(2);
    sender.send(first("POST", "/count")).await.unwrap();
    sender.send(first("POST", "/count")).await.unwrap();
    let response = plugin.hooks().await.serve_http(ReceiverStream::new(receiver)).await.unwrap();
    let (status, _, body) = read(Exchange { sender, response: response.into_inner() }).await;
    assert_eq!((status, body.as_str()), (400, "a second `init` came"));

    let (sender, receiver) = mpsc::channel(3);
    for message in [first("POST", "/count"), complete(), chunk("more")] {
        sender.send(message).await.unwrap();
    }
    let response = plugin.hooks().await.serve_http(ReceiverStream::new(receiver)).await.unwrap();
    let (status, _, body) = read(Exchange { sender, response: response.into_inner() }).await;
    assert_eq!((status, body.as_str()), (200, "0"));
    plugin.logged(&["the host sent more after"]).await;
}

#[tokio::test]
async fn a_page_that_stays_open_hears_of_the_end() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let mut exchange = open(&plugin, first("GET", "/for-ever")).await.unwrap();
    exchange.response.message().await.unwrap().expect("the head");
    let shut_down = plugin.connect().await;
    let mut controller =
        hookwright_proto::go_plugin::grpc_controller_client::GrpcControllerClient::new(shut_down);
    let stopping = tokio::spawn(async move {
        // Whether a reply comes before the connection closes does not matter here.
        let _ = controller.shutdown(hookwright_proto::go_plugin::Empty {}).await;
    });
    plugin.logged(&["the client has gone", "\"handler\":\"web\""]).await;
    drop(exchange);
    stopping.await.unwrap();
    assert_eq!(plugin.ended().await.code(), Some(0));
}

#[tokio::test]
async fn a_caller_that_sets_a_deadline_is_answered_before_it() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let messages = [ServeHttpRequest { body_complete: true, ..first("GET", "/never-answers") }];
    let mut request = tonic::Request::new(futures::stream::iter(messages));
    request.set_timeout(std::time::Duration::from_secs(1));
    let response = plugin.hooks().await.serve_http(request).await.unwrap().into_inner();
    let (sender, _) = mpsc::channel(1);
    assert_eq!(read(Exchange { sender, response }).await.0, 504);
}
