//! `ServeHTTP` over real gRPC, by a client that behaves as the host does.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests may fail like tests"
)]

use hookwright_proto::mattermost::{ServeHttpRequest, ServeHttpRequestInit};
use hookwright_tests::Plugin;
use hookwright_tests::web::{ask, chunk, complete, fetch, first, init, open, read, whole};
use tonic::Code;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture-http");

#[tokio::test]
async fn a_handler_sees_the_request_as_the_server_got_it() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let hooks = plugin.hooks().await;
    let (status, _, body) = fetch(&hooks, "PUT", "/about?x=%20y").await;
    assert_eq!(status, 200);
    assert_eq!(
        body,
        "PUT /about?x=%20y HTTP/1.1 host=Some(\"chat.example.com\") accept=[\"text/plain\", \"text/html\"] remote=Some(\"192.0.2.7:4711\") original=Some(\"/plugins/com.example.web?a=1\") request=r1 limit=None"
    );
}

#[tokio::test]
async fn values_of_a_header_keep_their_order_and_hop_by_hop_headers_go() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let hooks = plugin.hooks().await;
    let (status, headers, body) = fetch(&hooks, "GET", "/cookies").await;
    assert_eq!((status, body.as_str()), (799, "ok"));
    let names: Vec<_> = headers.iter().map(|header| header.key.as_str()).collect();
    assert!(!names.contains(&"Connection") && !names.contains(&"X-Hop"), "{names:?}");
    let cookies = headers.iter().find(|header| header.key == "Set-Cookie").unwrap();
    assert_eq!(cookies.values, ["b=2", "a=1", "c=3"]);
}

#[tokio::test]
async fn the_longest_mount_path_gets_the_request_and_a_sync_handler_reads_its_body() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let hooks = plugin.hooks().await;
    let messages = [first("POST", "/other/x"), chunk("abc"), chunk("de"), complete()];
    let (status, _, body) = ask(&hooks, messages).await.unwrap();
    assert_eq!((status, body.as_str()), (200, "other got /other/x and 5 bytes"));
    assert_eq!(fetch(&hooks, "GET", "/otherwise").await.0, 404);
}

#[tokio::test]
async fn a_response_may_begin_and_go_on_while_the_request_does() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let hooks = plugin.hooks().await;
    let mut exchange = open(&hooks, first("POST", "/events")).await.unwrap();
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
    let hooks = plugin.hooks().await;
    let mut exchange = open(&hooks, first("POST", "/early")).await.unwrap();
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
    let hooks = plugin.hooks().await;
    let mut exchange = open(&hooks, whole("GET", "/bytes/1000000")).await.unwrap();
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
    let hooks = plugin.hooks().await;
    let messages = [first("POST", "/count"), chunk([0, 1, 2].to_vec())];
    let (status, _, body) = ask(&hooks, messages).await.unwrap();
    assert_eq!((status, body.as_str()), (400, "the client went away"));
}

#[tokio::test]
async fn a_client_that_goes_away_cancels_the_context() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let hooks = plugin.hooks().await;
    let mut exchange = open(&hooks, first("GET", "/for-ever")).await.unwrap();
    exchange.response.message().await.unwrap().expect("the head");
    drop(exchange);
    plugin.logged(&["the client has gone", "\"handler\":\"web\""]).await;
}

#[tokio::test]
async fn what_fails_is_a_page_that_says_nothing_of_the_reason() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let hooks = plugin.hooks().await;
    for path in ["/panic", "/panic-in-body", "/broken", "/binary-header", "/informational"] {
        let (status, _, body) = fetch(&hooks, "GET", path).await;
        assert_eq!((status, body.as_str()), (500, "Internal Server Error"), "{path}");
    }
    plugin.logged(&["secret words"]).await;
    plugin.logged(&["a secret reason"]).await;
    assert_eq!(fetch(&hooks, "GET", "/cookies").await.0, 799, "it serves on");
}

#[tokio::test]
async fn a_response_that_breaks_off_later_ends_with_a_status() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let hooks = plugin.hooks().await;
    let mut exchange = open(&hooks, whole("GET", "/broken-later")).await.unwrap();
    let message = exchange.response.message().await.unwrap().unwrap();
    assert_eq!(message.body_chunk, "so far so good");
    let status = exchange.response.message().await.unwrap_err();
    assert_eq!(status.code(), Code::Internal);
    assert!(!status.message().contains("secret"), "{status}");
}

#[tokio::test]
async fn wrong_streams_get_a_clear_status_and_do_no_harm() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let hooks = plugin.hooks().await;
    let with = |change: fn(&mut ServeHttpRequestInit)| {
        let mut init = init("GET", "/cookies");
        change(&mut init);
        ServeHttpRequest { init: Some(init), ..ServeHttpRequest::default() }
    };
    let status = open(&hooks, ServeHttpRequest::default()).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    assert!(status.message().contains("the first message has no `init`"), "{status}");

    // What the client did wrong is told to the client.
    for (request, fault) in [
        (with(|init| init.method = "G T".into()), "the method is"),
        (with(|init| init.url = "http://[".into()), "the URL cannot be read"),
        (with(|init| init.headers[0].key = "a b".into()), "a header is called"),
        (with(|init| init.headers[0].values[0] = "a\nb".into()), "`accept` has invalid bytes"),
    ] {
        let (status, _, body) = read(open(&hooks, request).await.unwrap().response).await.unwrap();
        assert_eq!((status, body.as_str()), (400, "Bad Request"), "{fault}");
        plugin.logged(&["a request is not HTTP", fault]).await;
    }
    let odd = ServeHttpRequest {
        body_complete: true,
        ..with(|init| init.url = "/cookies?q=<ü>".into())
    };
    assert_eq!(ask(&hooks, [odd]).await.unwrap().0, 799);
}

#[tokio::test]
async fn a_second_head_breaks_the_body_and_what_follows_the_end_is_reported() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let hooks = plugin.hooks().await;
    let heads = [first("POST", "/count"), first("POST", "/count")];
    let (status, _, body) = ask(&hooks, heads).await.unwrap();
    assert_eq!((status, body.as_str()), (400, "a second `init` came"));

    let messages = [first("POST", "/count"), complete(), chunk("more")];
    let (status, _, body) = ask(&hooks, messages).await.unwrap();
    assert_eq!((status, body.as_str()), (200, "0"));
    plugin.logged(&["the host sent more after"]).await;
}

#[tokio::test]
async fn a_page_that_stays_open_hears_of_the_end() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let hooks = plugin.hooks().await;
    let mut exchange = open(&hooks, first("GET", "/for-ever")).await.unwrap();
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
    let hooks = plugin.hooks().await;
    let messages = [whole("GET", "/never-answers")];
    let mut request = tonic::Request::new(futures::stream::iter(messages));
    request.set_timeout(std::time::Duration::from_secs(1));
    let response = hooks.clone().serve_http(request).await.unwrap().into_inner();
    assert_eq!(read(response).await.unwrap().0, 504);
}
