//! Uploads and HTTP requests, sent as a host sends them.

#![allow(dead_code, reason = "each test file uses some of it")]

use bytes::Bytes;
use hookwright_proto::mattermost::{
    FileInfo, FileWillBeUploadedRequest, FileWillBeUploadedResponse, HttpHeader, ServeHttpRequest,
    ServeHttpRequestInit, ServeHttpResponse,
};
use hookwright_tests::{PATIENCE, Plugin};
use tonic::Streaming;

/// Uploads a file, whose record the server has filled in as usual.
pub(crate) async fn upload(
    plugin: &Plugin,
    name: &str,
    content: impl Into<Bytes>,
) -> FileWillBeUploadedResponse {
    let content = content.into();
    let file_info = FileInfo {
        name: name.into(),
        extension: name.rsplit_once('.').map_or("", |(_, extension)| extension).into(),
        size: content.len().try_into().unwrap(),
        creator_id: "user1".into(),
        ..FileInfo::default()
    };
    let request = FileWillBeUploadedRequest {
        file_info: Some(file_info),
        file_content: content,
        ..FileWillBeUploadedRequest::default()
    };
    plugin.hooks().await.file_will_be_uploaded(request).await.unwrap().into_inner()
}

/// A response of which the head is there.
pub(crate) struct Response {
    pub(crate) status: i32,
    headers: Vec<HttpHeader>,
    /// What has come of the body and was not read.
    text: String,
    messages: Streaming<ServeHttpResponse>,
    ended: bool,
    /// Whether the client is to get at once what came last.
    pub(crate) flushed: bool,
}

/// Sends a GET request as the user `user1`.
pub(crate) async fn get(plugin: &Plugin, path: &str, headers: &[(&str, &str)]) -> Response {
    let signed_in = [&[("Mattermost-User-Id", "user1")], headers].concat();
    get_signed_out(plugin, path, &signed_in).await
}

/// Sends a GET request as nobody.
pub(crate) async fn get_signed_out(
    plugin: &Plugin,
    path: &str,
    headers: &[(&str, &str)],
) -> Response {
    let headers = headers
        .iter()
        .map(|(key, value)| HttpHeader { key: (*key).into(), values: vec![(*value).into()] });
    let init = ServeHttpRequestInit {
        method: "GET".into(),
        url: path.into(),
        proto: "HTTP/1.1".into(),
        proto_major: 1,
        proto_minor: 1,
        headers: headers.collect(),
        ..ServeHttpRequestInit::default()
    };
    let request =
        ServeHttpRequest { init: Some(init), body_complete: true, ..ServeHttpRequest::default() };
    let mut hooks = plugin.hooks().await;
    let mut messages = hooks.serve_http(tokio_stream::once(request)).await.unwrap().into_inner();
    let first = tokio::time::timeout(PATIENCE, messages.message()).await;
    let first = first.expect("the head comes").unwrap().expect("a first message");
    let head = first.init.expect("the first message has the head");
    let mut response = Response {
        status: head.status_code,
        headers: head.headers,
        text: String::new(),
        messages,
        ended: first.body_complete,
        flushed: first.flush,
    };
    response.append(&first.body_chunk);
    response
}

impl Response {
    /// The one value of a header; empty if there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        let header = self.headers.iter().find(|header| header.key.eq_ignore_ascii_case(name));
        header.map_or("", |header| header.values[0].as_str())
    }

    /// The rest of the body.
    pub(crate) async fn body(mut self) -> String {
        while !self.ended {
            self.read().await;
        }
        self.text
    }

    /// The next event of a stream of them, while it is open.
    pub(crate) async fn event(&mut self) -> String {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let event = event.to_owned();
                self.text = rest.to_owned();
                return event;
            }
            assert!(!self.ended, "the stream ended");
            self.read().await;
        }
    }

    async fn read(&mut self) {
        let message = tokio::time::timeout(PATIENCE, self.messages.message()).await;
        let Some(message) = message.expect("more comes").unwrap() else {
            self.ended = true;
            return;
        };
        self.ended = message.body_complete;
        self.flushed = message.flush;
        self.append(&message.body_chunk);
    }

    fn append(&mut self, chunk: &[u8]) {
        self.text.push_str(std::str::from_utf8(chunk).unwrap());
    }
}

/// What stands in one field of an event.
pub(crate) fn field<'a>(event: &'a str, name: &str) -> &'a str {
    let mut lines = event.lines().filter_map(|line| line.split_once(": "));
    lines.find(|(field, _)| *field == name).map_or("", |(_, value)| value)
}
