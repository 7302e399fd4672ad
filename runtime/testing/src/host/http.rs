//! Requests to the web side of a plugin.

use bytes::Bytes;
use hookwright::proto::{HttpHeader, ServeHttpRequestInit, ServeHttpResponseInit};
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};

use super::TestHost;

/// By which a server says whose request it is.
const USER: &str = "Mattermost-User-Id";

impl TestHost {
    /// Sends a request to the plugin's own path, as `ServeHTTP`, and reads the whole response.
    ///
    /// ```standalone_crate
    /// # use hookwright::prelude::*;
    /// # use hookwright_testing::prelude::*;
    /// use hookwright::http::{Request, Response};
    ///
    /// hookwright::plugin! { id: "com.example.hello" }
    ///
    /// #[hook(HookName::ServeHTTP)]
    /// fn hello(_cx: &Context, request: Request) -> Response<String> {
    ///     Response::new(format!("Hello from {}!", request.uri().path()))
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> anyhow::Result<()> {
    /// let host = TestHost::start();
    /// let response = host.http(hookwright_testing::http::Request::get("/hi").body("")?).await;
    /// assert_eq!(response.body(), "Hello from /hi!");
    /// # Ok(()) }
    /// ```
    ///
    /// # Panics
    ///
    /// If the plugin answers with a status of gRPC, or with what is no response.
    pub async fn http<B: Into<Bytes>>(&self, request: Request<B>) -> Response<Bytes> {
        let (head, body) = request.into_parts();
        let body = body.into();
        let mut headers: Vec<_> =
            head.headers.iter().map(|(name, value)| header(name, value)).collect();
        if let Some(user) = &self.user_id {
            headers.push(HttpHeader { key: USER.to_owned(), values: vec![user.clone()] });
        }
        let url = head.uri.path_and_query().map_or("/", |path| path.as_str());
        let init = ServeHttpRequestInit {
            plugin_context: Some(self.next_caller()),
            method: head.method.to_string(),
            url: url.to_owned(),
            proto: "HTTP/1.1".to_owned(),
            proto_major: 1,
            proto_minor: 1,
            headers,
            host: "chat.example.com".to_owned(),
            remote_addr: "192.0.2.1:4711".to_owned(),
            request_uri: format!("/plugins/example{url}"),
            content_length: i64::try_from(body.len()).unwrap_or(i64::MAX),
        };
        let whole = self.inner.hooks.serve_http(init, body, self.timeout).await;
        let whole = whole.unwrap_or_else(|status| panic!("ServeHTTP failed with {status}"));
        response(whole.init.unwrap_or_default(), whole.body_chunk)
    }
}

fn header(name: &HeaderName, value: &HeaderValue) -> HttpHeader {
    let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
    HttpHeader { key: name.to_string(), values: vec![value] }
}

fn response(init: ServeHttpResponseInit, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    let status =
        u16::try_from(init.status_code).ok().and_then(|code| StatusCode::from_u16(code).ok());
    let Some(status) = status else { panic!("{} is no status of HTTP", init.status_code) };
    *response.status_mut() = status;
    for entry in init.headers {
        for value in entry.values {
            match (entry.key.parse::<HeaderName>(), HeaderValue::try_from(&value)) {
                (Ok(name), Ok(value)) => {
                    response.headers_mut().append(name, value);
                }
                _ => panic!("the header {}: {value:?} is none of HTTP", entry.key),
            }
        }
    }
    response
}
