//! Requests that ask for another protocol, from a host that has no way to switch.

use hookwright_proto::mattermost::{HttpHeader, ServeHttpRequest, ServeHttpRequestInit};
use hookwright_tests::{Plugin, web};

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture-http");

#[tokio::test]
async fn a_web_socket_is_refused_with_a_word_of_what_is_missing() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let hooks = plugin.hooks().await;
    let headers = [
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    let headers = headers
        .map(|(key, value)| HttpHeader { key: key.to_owned(), values: vec![value.to_owned()] });
    let request = ServeHttpRequest {
        init: Some(ServeHttpRequestInit {
            method: "GET".to_owned(),
            url: "/socket/echo".to_owned(),
            proto_major: 1,
            proto_minor: 1,
            headers: headers.into(),
            ..ServeHttpRequestInit::default()
        }),
        body_complete: true,
        ..ServeHttpRequest::default()
    };
    let (status, ..) = web::ask(&hooks, [request]).await.unwrap();
    assert_eq!(status, 426, "Upgrade Required");
    assert_eq!(web::get(&hooks, "/sockets").await, "0");
    plugin.assert_serves().await;
}
