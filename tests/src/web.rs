//! Requests through `ServeHTTP`, by a client that behaves as the host does.

use bytes::{Bytes, BytesMut};
use hookwright_proto::mattermost::plugin_hooks_client::PluginHooksClient;
use hookwright_proto::mattermost::{
    HttpHeader, PluginContext, ServeHttpRequest, ServeHttpRequestInit, ServeHttpResponse,
};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::Channel;
use tonic::{Status, Streaming};

/// An open request: what is sent, and what comes back.
#[derive(Debug)]
pub struct Exchange {
    /// One message is on its way at a time, as a host's sender has it.
    pub sender: mpsc::Sender<ServeHttpRequest>,
    /// The response.
    pub response: Streaming<ServeHttpResponse>,
}

/// A whole response: its status, its headers and its body.
pub type Answer = (i32, Vec<HttpHeader>, String);

/// The head of a request, its body of unknown length.
#[must_use]
pub fn init(method: &str, url: &str) -> ServeHttpRequestInit {
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

/// The first message of a request whose body follows.
#[must_use]
pub fn first(method: &str, url: &str) -> ServeHttpRequest {
    ServeHttpRequest { init: Some(init(method, url)), ..ServeHttpRequest::default() }
}

/// The one message of a request without a body.
#[must_use]
pub fn whole(method: &str, url: &str) -> ServeHttpRequest {
    ServeHttpRequest { body_complete: true, ..first(method, url) }
}

/// A piece of a body.
#[must_use]
pub fn chunk(bytes: impl Into<Bytes>) -> ServeHttpRequest {
    ServeHttpRequest { body_chunk: bytes.into(), ..ServeHttpRequest::default() }
}

/// The end of a body.
#[must_use]
pub fn complete() -> ServeHttpRequest {
    ServeHttpRequest { body_complete: true, ..ServeHttpRequest::default() }
}

/// Sends the first message, and waits for the response to open.
///
/// # Errors
///
/// The status that the stream ends with instead.
pub async fn open(
    hooks: &PluginHooksClient<Channel>,
    first: ServeHttpRequest,
) -> Result<Exchange, Status> {
    let (sender, receiver) = mpsc::channel(1);
    // There is room for one.
    let _ = sender.try_send(first);
    let response = hooks.clone().serve_http(ReceiverStream::new(receiver)).await?.into_inner();
    Ok(Exchange { sender, response })
}

/// A request whose body a test sends piece by piece, and its response once it is there.
#[derive(Debug)]
pub struct Upload {
    /// As [`Exchange::sender`].
    pub sender: mpsc::Sender<ServeHttpRequest>,
    /// The whole response.
    pub answer: JoinHandle<Result<Answer, Status>>,
}

/// Sends the first message, and waits for nothing.
#[must_use]
pub fn upload(hooks: &PluginHooksClient<Channel>, first: ServeHttpRequest) -> Upload {
    let (sender, receiver) = mpsc::channel(1);
    let _ = sender.try_send(first);
    let mut hooks = hooks.clone();
    let answer = tokio::spawn(async move {
        read(hooks.serve_http(ReceiverStream::new(receiver)).await?.into_inner()).await
    });
    Upload { sender, answer }
}

/// Sends these messages and no more, and reads the whole response.
///
/// # Errors
///
/// The status that the stream ends with instead.
///
/// # Panics
///
/// If the response is not as a host expects it.
pub async fn ask<const N: usize>(
    hooks: &PluginHooksClient<Channel>,
    messages: [ServeHttpRequest; N],
) -> Result<Answer, Status> {
    let response = hooks.clone().serve_http(tokio_stream::iter(messages)).await?;
    read(response.into_inner()).await
}

/// Sends a request without a body, and reads the whole response.
///
/// # Panics
///
/// If there is none.
pub async fn fetch(hooks: &PluginHooksClient<Channel>, method: &str, url: &str) -> Answer {
    ask(hooks, [whole(method, url)]).await.expect("a response")
}

/// The body of a good answer to GET.
///
/// # Panics
///
/// If the answer is not a good one.
pub async fn get(hooks: &PluginHooksClient<Channel>, url: &str) -> String {
    let (status, _, body) = fetch(hooks, "GET", url).await;
    assert_eq!(status, 200, "{url}: {body}");
    body
}

/// Reads a whole response.
///
/// # Errors
///
/// The status that it breaks off with.
///
/// # Panics
///
/// If it is not as a host expects it.
pub async fn read(mut response: Streaming<ServeHttpResponse>) -> Result<Answer, Status> {
    let message = response.message().await?.expect("a first message");
    let init = message.init.expect("the first message has the head");
    let mut body = BytesMut::from(message.body_chunk);
    let mut ended = message.body_complete;
    while let Some(message) = response.message().await? {
        assert!(!ended, "nothing follows the end");
        assert!(message.init.is_none(), "the head comes once");
        body.extend_from_slice(&message.body_chunk);
        ended = message.body_complete;
    }
    assert!(ended, "the end is said");
    let body = String::from_utf8(body.to_vec()).expect("the body is text");
    Ok((init.status_code, init.headers, body))
}
