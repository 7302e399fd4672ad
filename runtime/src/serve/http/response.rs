//! A response as messages to the host.

use std::collections::HashMap;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::Stream;
use hookwright::http::{Body, Response};
use hookwright_proto::mattermost::{HttpHeader, ServeHttpResponse, ServeHttpResponseInit};
use http::{HeaderMap, StatusCode};
use http_body::Body as _;
use prost::Message as _;
use tonic::Status;

use crate::http::page;

/// The largest chunk in one message.
const CHUNK: usize = 64 * 1024;

/// The messages of one response. They are made as the host takes them, so a host that does not
/// take them stops the body.
pub(crate) struct Messages {
    /// Until it has been sent.
    head: Option<ServeHttpResponseInit>,
    body: Body,
    /// What has come and has not been sent.
    waiting: Bytes,
    ended: bool,
}

/// What the body has next.
enum Next {
    Data(Bytes),
    End,
    Broken,
}

impl Messages {
    pub(super) fn new(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        match fields(&parts.headers) {
            Ok(headers) => {
                let status_code = i32::from(parts.status.as_u16());
                let head = Some(ServeHttpResponseInit { status_code, headers });
                Self { head, body, waiting: Bytes::new(), ended: false }
            }
            Err(fault) => {
                tracing::error!("{fault}");
                Self::new(page(StatusCode::INTERNAL_SERVER_ERROR))
            }
        }
    }

    /// The next piece of the body that has something in it.
    fn poll_body(&mut self, cx: &mut Context<'_>) -> Poll<Next> {
        loop {
            return Poll::Ready(match std::task::ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                None => Next::End,
                Some(Err(_logged)) => Next::Broken,
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) if !data.is_empty() => Next::Data(data),
                    // Trailers have no place on this wire.
                    _ => continue,
                },
            });
        }
    }

    fn message(&mut self, chunk: Bytes, flush: bool) -> Poll<Option<Result<Bytes, Status>>> {
        let message = ServeHttpResponse {
            init: self.head.take(),
            body_chunk: chunk,
            body_complete: self.ended,
            flush,
        };
        Poll::Ready(Some(Ok(message.encode_to_vec().into())))
    }

    /// The body broke off: before the head has gone out that is an error page, afterwards only a
    /// stream that ends with a status says so.
    fn broken(&mut self) -> Poll<Option<Result<Bytes, Status>>> {
        self.ended = true;
        if let Some(head) = &mut self.head {
            *head = ServeHttpResponseInit { status_code: 500, headers: Vec::new() };
            return self.message(Bytes::from_static(b"Internal Server Error"), false);
        }
        Poll::Ready(Some(Err(Status::internal("ServeHTTP: the response broke off"))))
    }
}

impl Stream for Messages {
    type Item = Result<Bytes, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        if self.waiting.is_empty() {
            match self.poll_body(cx) {
                Poll::Ready(Next::Data(data)) => self.waiting = data,
                Poll::Ready(Next::Broken) => return self.broken(),
                Poll::Ready(Next::End) => {
                    self.ended = true;
                    return self.message(Bytes::new(), false);
                }
                // The client learns of the answer before its body is there.
                Poll::Pending if self.head.is_some() => return self.message(Bytes::new(), true),
                Poll::Pending => return Poll::Pending,
            }
        }
        let length = self.waiting.len().min(CHUNK);
        let chunk = self.waiting.split_to(length);
        let mut flush = false;
        if self.waiting.is_empty() {
            match self.poll_body(cx) {
                Poll::Ready(Next::Data(data)) => self.waiting = data,
                Poll::Ready(Next::End) => self.ended = true,
                // It is found again at the next poll: an ended body stays so.
                Poll::Ready(Next::Broken) => self.body = broken_body(),
                // Nothing more for now: the client gets what there is.
                Poll::Pending => flush = true,
            }
        }
        self.message(chunk, flush)
    }
}

fn broken_body() -> Body {
    Body::from_stream(futures::stream::iter([Err::<Bytes, _>("broken off".into())]))
}

/// The headers in their order, all values of a name together.
pub(crate) fn fields(headers: &HeaderMap) -> Result<Vec<HttpHeader>, String> {
    let mut fields: Vec<HttpHeader> = Vec::with_capacity(headers.keys_len());
    let mut places = HashMap::new();
    for (name, value) in headers {
        let text = std::str::from_utf8(value.as_bytes())
            .map_err(|_| format!("a value of the response's header `{name}` is not UTF-8"))?;
        let place = *places.entry(name).or_insert_with(|| {
            fields.push(HttpHeader { key: canonical(name.as_str()), values: Vec::new() });
            fields.len() - 1
        });
        fields[place].values.push(text.to_owned());
    }
    Ok(fields)
}

/// `content-type` as Go has it: `Content-Type`.
fn canonical(name: &str) -> String {
    let mut upper = true;
    name.chars()
        .map(|c| {
            let c = if upper { c.to_ascii_uppercase() } else { c };
            upper = c == '-';
            c
        })
        .collect()
}
