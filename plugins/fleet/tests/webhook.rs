//! The webhook: what is sent, again and again where it has to be, and what is given up.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use fleet::webhook::{Endpoint, NotSent, Webhook};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

/// A server of HTTP/1.1 that answers each request as it is told, on a connection of its own.
struct Server {
    listener: TcpListener,
}

/// What was sent: the head, and the body.
struct Sent {
    head: String,
    body: String,
    connection: BufReader<TcpStream>,
}

impl Server {
    async fn new() -> (Self, Endpoint) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://ada:secret@{}/in?token=x", listener.local_addr().unwrap());
        (Self { listener }, url.parse().unwrap())
    }

    async fn next(&self) -> Sent {
        let (connection, _) = self.listener.accept().await.unwrap();
        let mut connection = BufReader::new(connection);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert!(connection.read_line(&mut head).await.unwrap() > 0, "{head}");
        }
        let head = head.to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        let mut body = vec![0; length.parse().unwrap()];
        connection.read_exact(&mut body).await.unwrap();
        Sent { head, body: String::from_utf8(body).unwrap(), connection }
    }
}

impl Sent {
    async fn answer(mut self, status: &str) -> String {
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        self.connection.get_mut().write_all(answer.as_bytes()).await.unwrap();
        self.body
    }
}

#[tokio::test]
async fn events_arrive_in_their_order_with_the_credentials_in_the_header() {
    let (server, endpoint) = Server::new().await;
    let webhook = Webhook::start(&endpoint).unwrap();
    for number in 1..=3 {
        webhook.send(format!("{{\"n\":{number}}}").into_bytes()).await.unwrap();
    }
    for number in 1..=3 {
        let sent = server.next().await;
        assert!(sent.head.starts_with("post /in?token=x http/1.1"), "{}", sent.head);
        assert!(sent.head.contains("content-type: application/json"), "{}", sent.head);
        assert!(sent.head.contains("authorization: basic "), "{}", sent.head);
        assert_eq!(sent.answer("204 No Content").await, format!("{{\"n\":{number}}}"));
    }
    webhook.close().await;
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_what_will_not_is_given_up() {
    let (server, endpoint) = Server::new().await;
    let webhook = Webhook::start(&endpoint).unwrap();
    for event in ["first", "second", "third"] {
        webhook.send(event.into()).await.unwrap();
    }
    for status in ["503 Service Unavailable", "429 Too Many Requests", "200 OK"] {
        assert_eq!(server.next().await.answer(status).await, "first");
    }
    assert_eq!(server.next().await.answer("400 Bad Request").await, "second");
    // A connection that ends without an answer.
    assert_eq!(server.next().await.body, "third");
    assert_eq!(server.next().await.answer("200 OK").await, "third");
    webhook.close().await;
}

#[tokio::test]
async fn a_server_that_does_not_answer_holds_up_a_bounded_number_of_events() {
    let (server, endpoint) = Server::new().await;
    let webhook = Webhook::start(&endpoint).unwrap();
    webhook.send("0".into()).await.unwrap();
    let held = server.next().await;
    let mut taken = 0;
    let full = loop {
        match webhook.send("x".into()).await {
            Ok(()) => taken += 1,
            Err(full) => break full.to_string(),
        }
    };
    assert_eq!(taken, 1024);
    assert!(full.contains("too slow") && full.contains("http://127.0.0.1:"), "{full}");
    assert!(!full.contains("secret") && !full.contains("token"), "{full}");
    drop(held);
}

#[tokio::test(start_paused = true)]
async fn the_end_does_not_wait_for_a_server_that_is_gone() {
    // It takes connections, and never answers: a try takes 10 s, and all of them 60 s.
    let (_server, endpoint) = Server::new().await;
    let webhook = Webhook::start(&endpoint).unwrap();
    webhook.send("x".into()).await.unwrap();
    let begin = Instant::now();
    webhook.close().await;
    assert_eq!(
        begin.elapsed().as_secs(),
        3,
        "by the clock of the test, which is not that of a wall"
    );
    let refused = webhook.send("y".into()).await.unwrap_err();
    assert!(matches!(refused, NotSent::Closed(_)), "{refused}");
    assert!(refused.to_string().contains("is being closed"), "{refused}");
}

#[tokio::test]
async fn what_waits_is_bounded_in_bytes_too_and_one_larger_event_waits_alone() {
    let (server, endpoint) = Server::new().await;
    let webhook = Webhook::start(&endpoint).unwrap();
    let large = vec![b'x'; 33 * 1024 * 1024];
    webhook.send(large.clone()).await.unwrap();
    let refused = webhook.send(large.clone()).await.unwrap_err();
    assert!(matches!(refused, NotSent::TooLarge(_)), "{refused}");
    webhook.send("small".into()).await.unwrap();
    server.next().await.answer("200 OK").await;
    let small = server.next().await;
    webhook.send(large).await.unwrap();
    assert_eq!(small.answer("200 OK").await, "small");
    server.next().await.answer("200 OK").await;
    webhook.close().await;
    let webhook = Webhook::start(&endpoint).unwrap();
    webhook.send(vec![b'x'; 65 * 1024 * 1024]).await.unwrap();
}
