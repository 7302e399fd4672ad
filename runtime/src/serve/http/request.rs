//! The host's messages as a request whose body is read as it comes.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures::{Stream as _, StreamExt as _};
use hookwright::Caller;
use hookwright::http::{Body, BodyError, OriginalUri, RemoteAddr, Request};
use hookwright_proto::mattermost::{ServeHttpRequest, ServeHttpRequestInit};
use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, Method, Uri, Version};
use http_body::{Body as HttpBody, Frame, SizeHint};
use prost::Message as _;
use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;
use tonic::{Status, Streaming};

use crate::engine::Engine;
use crate::settings::quoted;

/// How much of a body that nobody reads is thrown away before the host's sender is cut off. Until
/// it has sent all, a host holds the finished response back.
const DISCARDED: usize = 16 * 1024 * 1024;

/// Reads the first message: a request, whose body is what follows, and who caused it. `None` is
/// something that is not HTTP: the fault of the client, who gets a page, and not of the host.
pub(super) async fn read(
    mut messages: Streaming<Bytes>,
    engine: &Engine,
) -> Result<Option<(Request, Arc<Caller>)>, Status> {
    let first = messages.next().await;
    let first = first.ok_or_else(|| invalid("the stream ended before its first message"))??;
    let first = decode(&first).map_err(|fault| invalid(&fault))?;
    let mut init = first.init.ok_or_else(|| invalid("the first message has no `init`"))?;
    let caller = Arc::new(init.plugin_context.take().unwrap_or_default());
    let body = Incoming {
        messages: Some(messages),
        first: Some(first.body_chunk),
        complete: first.body_complete,
        expected: u64::try_from(init.content_length).ok(),
        tasks: engine.discarding.clone(),
    };
    match head(init) {
        Ok(head) => Ok(Some((head.map(|()| Body::new(body)), caller))),
        Err(fault) => {
            tracing::info!(fault, "a request is not HTTP");
            Ok(None)
        }
    }
}

fn invalid(fault: &str) -> Status {
    Status::invalid_argument(format!("ServeHTTP: {fault}"))
}

fn decode(message: &Bytes) -> Result<ServeHttpRequest, String> {
    ServeHttpRequest::decode(message.clone()).map_err(|fault| format!("a message: {fault}"))
}

/// The request without its body.
fn head(init: ServeHttpRequestInit) -> Result<http::Request<()>, String> {
    let mut request = http::Request::new(());
    *request.method_mut() = Method::from_bytes(init.method.as_bytes())
        .map_err(|_| format!("the method is {}", quoted(&init.method)))?;
    // The URL may hold a token, so it is not quoted.
    *request.uri_mut() = escaped(&init.url)
        .parse::<Uri>()
        .map_err(|fault| format!("the URL cannot be read: {fault}"))?;
    *request.version_mut() = match (init.proto_major, init.proto_minor) {
        (1, 0) => Version::HTTP_10,
        (2, _) => Version::HTTP_2,
        (3, _) => Version::HTTP_3,
        _ => Version::HTTP_11,
    };
    let headers = request.headers_mut();
    for entry in init.headers {
        let name: HeaderName =
            entry.key.parse().map_err(|_| format!("a header is called {}", quoted(&entry.key)))?;
        for value in entry.values {
            let value = HeaderValue::try_from(value)
                .map_err(|_| format!("a value of the header `{name}` has invalid bytes"))?;
            headers.append(&name, value);
        }
    }
    // Go keeps the host apart from the headers.
    set_if_absent(headers, header::HOST, &init.host);
    if init.content_length > 0 {
        set_if_absent(headers, header::CONTENT_LENGTH, &init.content_length.to_string());
    }
    request.extensions_mut().insert(RemoteAddr(init.remote_addr));
    request.extensions_mut().insert(OriginalUri(without_token(&init.request_uri)));
    Ok(request)
}

fn set_if_absent(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if !value.is_empty() && !headers.contains_key(&name) {
        headers.extend(HeaderValue::from_str(value).ok().map(|value| (name, value)));
    }
}

/// Hosts let more into a URL than it may hold; what it may not is escaped.
fn escaped(url: &str) -> String {
    let mut escaped = String::with_capacity(url.len());
    for byte in url.bytes() {
        match byte {
            b'!' | b'#'..=b';' | b'=' | b'?'..=b'[' | b']' | b'_' | b'a'..=b'z' | b'~' => {
                escaped.push(char::from(byte));
            }
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

/// The host takes `access_token` out of the URL that it hands on, but not out of this one.
fn without_token(uri: &str) -> String {
    let Some((path, query)) = uri.split_once('?') else {
        return uri.to_owned();
    };
    let kept: Vec<_> =
        query.split('&').filter(|pair| pair.split('=').next() != Some("access_token")).collect();
    match kept.is_empty() {
        true => path.to_owned(),
        false => format!("{path}?{}", kept.join("&")),
    }
}

/// The body: what the host's messages carry. Nothing is read ahead, so a slow reader slows the
/// sender.
struct Incoming {
    /// Gone when the body has ended or broken off.
    messages: Option<Streaming<Bytes>>,
    /// What the first message carried.
    first: Option<Bytes>,
    /// Whether the host has said that this is all.
    complete: bool,
    expected: Option<u64>,
    tasks: TaskTracker,
}

impl Incoming {
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyError>>> {
        if let Some(first) = self.first.take().filter(|first| !first.is_empty()) {
            return Poll::Ready(Some(Ok(first)));
        }
        loop {
            if self.complete {
                return Poll::Ready(None);
            }
            let Some(messages) = &mut self.messages else {
                return Poll::Ready(None);
            };
            let message = match ready!(Pin::new(messages).poll_next(cx)) {
                Some(Ok(message)) => decode(&message)?,
                // A host that stops without a word has lost its client.
                None => return Poll::Ready(Some(Err("the client went away".into()))),
                Some(Err(status)) => return Poll::Ready(Some(Err(status.into()))),
            };
            if message.init.is_some() {
                return Poll::Ready(Some(Err("a second `init` came".into())));
            }
            self.complete = message.body_complete;
            if !message.body_chunk.is_empty() {
                return Poll::Ready(Some(Ok(message.body_chunk)));
            }
        }
    }
}

impl HttpBody for Incoming {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let chunk = ready!(self.poll_chunk(cx));
        if let Some(Err(error)) = &chunk {
            tracing::info!(%error, "a request broke off");
            self.messages = None;
        }
        Poll::Ready(chunk.map(|chunk| chunk.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.complete && self.first.as_ref().is_none_or(Bytes::is_empty)
    }

    fn size_hint(&self) -> SizeHint {
        match self.expected {
            // What the host says is a hint, and not what memory is set aside by.
            Some(expected) if self.first.is_some() => SizeHint::with_exact(expected),
            _ => SizeHint::default(),
        }
    }
}

impl Drop for Incoming {
    /// Reads on after nobody is interested any more, up to a bound.
    fn drop(&mut self) {
        let (Some(messages), Ok(runtime)) = (self.messages.take(), Handle::try_current()) else {
            return;
        };
        // It ends with the stream at the latest, and that with its connection.
        self.tasks.spawn_on(discard(messages, self.complete), &runtime);
    }
}

async fn discard(mut messages: Streaming<Bytes>, complete: bool) {
    let mut read = 0;
    while let Some(Ok(message)) = messages.next().await {
        if complete {
            tracing::warn!("the host sent more after it had said that the body was complete");
            return;
        }
        read += message.len();
        if read > DISCARDED {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{escaped, without_token};

    #[test]
    fn what_a_url_may_not_hold_is_escaped_and_the_rest_stays() {
        let good = "/a/b;c=1/%20?q=x&r[]=y+z~#f";
        assert_eq!(escaped(good), good);
        assert_eq!(
            escaped("/a b?q=<\"ü\">|\\^`{}"),
            "/a%20b?q=%3C%22%C3%BC%22%3E%7C%5C%5E%60%7B%7D"
        );
    }

    #[test]
    fn an_access_token_is_not_handed_on() {
        for (uri, clean) in [
            ("/p?access_token=x", "/p"),
            ("/p?a=1&access_token=x&b=2", "/p?a=1&b=2"),
            ("/p?a=access_token", "/p?a=access_token"),
            ("/p", "/p"),
        ] {
            assert_eq!(without_token(uri), clean);
        }
    }
}
