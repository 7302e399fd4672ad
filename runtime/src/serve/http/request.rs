//! The host's first message as a request.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use futures::StreamExt as _;
use hookwright::Caller;
use hookwright::http::{Body, OriginalUri, RemoteAddr, Request};
use hookwright_proto::mattermost::{ServeHttpRequest, ServeHttpRequestInit};
use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, Method, Uri, Version};
use prost::Message as _;
use tonic::{Status, Streaming};

use super::body::Incoming;
use crate::engine::Engine;
use crate::settings::quoted;

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
    let body = Incoming::new(
        messages,
        first.body_chunk,
        first.body_complete,
        init.content_length,
        engine.discarding.clone(),
    );
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

pub(super) fn decode(message: &Bytes) -> Result<ServeHttpRequest, String> {
    ServeHttpRequest::decode(message.clone()).map_err(|fault| format!("a message: {fault}"))
}

/// The request without its body.
pub(crate) fn head(init: ServeHttpRequestInit) -> Result<http::Request<()>, String> {
    let mut request = http::Request::new(());
    *request.method_mut() = Method::from_bytes(init.method.as_bytes())
        .map_err(|_| format!("the method is {}", quoted(&init.method)))?;
    // The URL may hold a token, so it is not quoted.
    *request.uri_mut() = escaped(&rooted(&init.url))
        .parse::<Uri>()
        .map_err(|fault| format!("the URL cannot be read: {fault}"))?;
    if !request.uri().path().starts_with('/') {
        return Err("the URL has no path".to_owned());
    }
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
            headers
                .try_append(&name, value)
                .map_err(|_| format!("there are more headers than {}", headers.keys_len()))?;
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

/// A host takes the plugin's own path off, and of a request for that alone nothing is left.
fn rooted(url: &str) -> Cow<'_, str> {
    match url.is_empty() || url.starts_with('?') {
        true => Cow::Owned(format!("/{url}")),
        false => Cow::Borrowed(url),
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

#[cfg(test)]
mod tests {
    use super::{escaped, rooted, without_token};

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
    fn the_plugins_own_path_is_the_root() {
        for (url, clean) in [("", "/"), ("?a=1", "/?a=1"), ("/", "/"), ("/a?b", "/a?b")] {
            assert_eq!(rooted(url), clean);
        }
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
