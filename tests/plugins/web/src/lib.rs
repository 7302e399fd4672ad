//! A plugin whose web side is an ordinary `axum::Router`.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use hookwright::http::{OriginalUri, RemoteAddr, Request};
use hookwright::prelude::*;
use tower::ServiceExt as _;

hookwright::plugin! { id: "com.example.web" }

#[hook(HookName::ServeHTTP)]
async fn web(cx: Context, request: Request) -> Result<Response, Infallible> {
    let router = Router::new()
        .route("/echo", any(echo))
        .route("/early", any(async || "no need to read it"))
        .route("/count", post(count))
        .route("/bytes/{many}", get(many_bytes))
        .route("/events", any(events))
        .route("/about", any(about))
        .route("/cookies", get(cookies))
        .route("/binary-header", get(binary_header))
        .route("/informational", get(async || status(101)))
        .route("/panic", any(panics))
        .route("/panic-in-body", any(async || Body::from_stream(panicking_body())))
        .route("/broken", any(async || Body::from_stream(breaking_body(0))))
        .route("/broken-later", any(async || Body::from_stream(breaking_body(1))))
        .route("/for-ever", any(for_ever))
        .route("/never-answers", any(std::future::pending::<StatusCode>))
        .with_state(cx);
    router.oneshot(request).await
}

/// Sends back what comes, as it comes.
async fn echo(request: axum::extract::Request) -> Response {
    Response::new(request.into_body())
}

/// Reads all of it, and says how much it was and whether it was what `/bytes` sends.
async fn count(body: Body) -> Result<String, (StatusCode, String)> {
    let mut stream = body.into_data_stream();
    let mut count = 0_u64;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
        let expected = (count..).map(byte_at);
        if !chunk.iter().copied().zip(expected).all(|(got, expected)| got == expected) {
            return Err((StatusCode::BAD_REQUEST, "wrong bytes".into()));
        }
        count += chunk.len() as u64;
    }
    Ok(count.to_string())
}

/// The byte at a place of a long body: a pattern that shows what is lost or doubled.
#[must_use]
pub fn byte_at(place: u64) -> u8 {
    (place % 251) as u8
}

async fn many_bytes(Path(many): Path<u64>) -> Response {
    const PIECE: u64 = 100_000;
    let pieces = futures::stream::iter((0..many).step_by(PIECE as usize)).map(move |start| {
        let end = (start + PIECE).min(many);
        Ok::<Bytes, Infallible>((start..end).map(byte_at).collect::<Vec<u8>>().into())
    });
    Response::new(Body::from_stream(pieces))
}

/// Answers each chunk of the request with an event, before the next one is there.
async fn events(request: axum::extract::Request) -> impl IntoResponse {
    let events = request.into_body().into_data_stream().map(|chunk| {
        chunk.map(|chunk| Bytes::from(format!("data: {}\n\n", String::from_utf8_lossy(&chunk))))
    });
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(events))
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

/// Says in the log when its client has gone.
async fn for_ever(State(cx): State<Context>) -> Body {
    let cancelled = cx.cancelled().clone();
    let span = cx.span().clone();
    // A task that outlives the request, to show that the context is cancelled with it.
    tokio::spawn(async move {
        cancelled.cancelled().await;
        span.in_scope(|| tracing::info!("the client has gone"));
    });
    Body::from_stream(futures::stream::once(async {
        tokio::time::sleep(Duration::from_secs(3600)).await;
        Ok::<_, Infallible>("late")
    }))
}
