//! Answers good and bad, each short.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{any, get};
use bytes::Bytes;
use futures::Stream;
use hookwright::Context;
use hookwright::http::{OriginalUri, RemoteAddr};

pub(crate) fn routes() -> Router<Context> {
    Router::new()
        .route("/", any(async || "the root"))
        .route("/about", any(about))
        .route("/headers", any(headers))
        .route("/cookies", get(cookies))
        .route("/binary-header", get(binary_header))
        .route("/informational", get(async || status(101)))
        .route("/panic", any(panics))
        .route("/panic-in-body", any(async || Body::from_stream(panicking_body())))
        .route("/broken", any(async || Body::from_stream(breaking_body(0))))
        .route("/broken-later", any(async || Body::from_stream(breaking_body(1))))
}

async fn about(State(cx): State<Context>, request: axum::extract::Request) -> String {
    let remote = request.extensions().get::<RemoteAddr>().map(|remote| remote.0.clone());
    let original = request.extensions().get::<OriginalUri>().map(|original| original.0.clone());
    format!(
        "{} {} {:?} host={:?} accept={:?} remote={remote:?} original={original:?} request={} limit={:?}",
        request.method(),
        request.uri(),
        request.version(),
        request.headers().get(header::HOST),
        request.headers().get_all("accept").iter().collect::<Vec<_>>(),
        cx.request_id(),
        cx.time_left(),
    )
}

/// How many names and values of headers came.
async fn headers(headers: HeaderMap) -> String {
    format!("{} names, {} values", headers.keys_len(), headers.len())
}

async fn cookies() -> impl IntoResponse {
    let mut headers = HeaderMap::new();
    for cookie in ["b=2", "a=1", "c=3"] {
        headers.append(header::SET_COOKIE, HeaderValue::from_static(cookie));
    }
    headers.insert(header::CONNECTION, HeaderValue::from_static("close, x-hop"));
    headers.insert("x-hop", HeaderValue::from_static("1"));
    (status(799), headers, "ok")
}

fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or_default()
}

async fn binary_header() -> impl IntoResponse {
    let value = HeaderValue::from_bytes(b"\xff\xfe").map_err(|_| StatusCode::OK);
    value.map(|value| ([("x-binary", value)], "never seen"))
}

#[expect(clippy::panic, reason = "it is what the test is for")]
async fn panics() -> StatusCode {
    panic!("secret words")
}

#[expect(clippy::panic, reason = "it is what the test is for")]
fn panicking_body() -> impl Stream<Item = Result<Bytes, Infallible>> {
    futures::stream::poll_fn(|_| panic!("in the body"))
}

fn breaking_body(after: usize) -> impl Stream<Item = Result<Bytes, String>> {
    let good = std::iter::repeat_n(Ok(Bytes::from_static(b"so far so good")), after);
    futures::stream::iter(good.chain([Err("a secret reason".to_owned())]))
}
