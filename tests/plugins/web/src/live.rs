//! Responses that go on for as long as their client listens.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::{any, get};
use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use hookwright::Context;
use tokio::sync::broadcast;

use crate::Web;

/// The news, to all who listen.
#[derive(Debug)]
pub(crate) struct Live(broadcast::Sender<String>);

impl Default for Live {
    fn default() -> Self {
        Self(broadcast::Sender::new(16))
    }
}

pub(crate) fn routes() -> Router<Context> {
    Router::new()
        .route("/events", any(events))
        .route("/for-ever", any(for_ever))
        .route("/news", get(news).post(publish))
        .route("/heartbeat", get(heartbeat))
}

/// Answers each chunk of the request with an event, before the next one is there.
async fn events(request: axum::extract::Request) -> impl IntoResponse {
    let events = request.into_body().into_data_stream().map(|chunk| {
        chunk.map(|chunk| Bytes::from(format!("data: {}\n\n", String::from_utf8_lossy(&chunk))))
    });
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(events))
}

/// What is published from now on, as server-sent events.
async fn news(State(cx): State<Context>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let receiver = cx.state::<Web>().live.0.subscribe();
    Sse::new(futures::stream::unfold(receiver, async |mut receiver| {
        let text = receiver.recv().await.ok()?;
        Some((Ok(Event::default().event("news").data(text)), receiver))
    }))
}

async fn publish(State(cx): State<Context>, text: String) {
    // Nobody may be listening.
    let _ = cx.state::<Web>().live.0.send(text);
}

/// No news at all, so that only what keeps the connection alive is sent.
async fn heartbeat() -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let alive = KeepAlive::new().interval(Duration::from_millis(10)).text("still here");
    Sse::new(futures::stream::pending()).keep_alive(alive)
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
