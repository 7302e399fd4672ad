//! WebSockets, by axum's own extractor, and how many are open.

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use axum::routing::any;
use hookwright::Context;

use crate::Web;

/// The sockets that are open.
#[derive(Debug, Default)]
pub(crate) struct Sockets(AtomicUsize);

/// One of them.
struct Open(Context);

impl Open {
    fn count(cx: &Context) -> &AtomicUsize {
        &cx.state::<Web>().sockets.0
    }

    fn new(cx: Context) -> Self {
        Self::count(&cx).fetch_add(1, Ordering::SeqCst);
        Self(cx)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        Self::count(&self.0).fetch_sub(1, Ordering::SeqCst);
    }
}

pub(crate) fn routes() -> Router<Context> {
    Router::new()
        .route("/sockets", any(open))
        .route("/socket/echo", any(echo))
        .route("/socket/farewell", any(farewell))
        .route("/socket/abort", any(abort))
        .route("/socket/deaf", any(deaf))
}

async fn open(State(cx): State<Context>) -> String {
    Open::count(&cx).load(Ordering::SeqCst).to_string()
}

/// Sends back each message, until the client closes.
async fn echo(State(cx): State<Context>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async move |mut socket: WebSocket| {
        let _open = Open::new(cx);
        while let Some(Ok(message)) = socket.recv().await {
            let is_content = matches!(message, Message::Text(_) | Message::Binary(_));
            if is_content && socket.send(message).await.is_err() {
                break;
            }
        }
    })
}

/// Answers one message, and closes.
async fn farewell(State(cx): State<Context>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async move |mut socket: WebSocket| {
        let _open = Open::new(cx);
        if let Some(Ok(message)) = socket.recv().await {
            let _ = socket.send(message).await;
        }
        let _ = socket.send(Message::Close(None)).await;
        // The client closes as well.
        while let Some(Ok(_)) = socket.recv().await {}
    })
}

/// Goes away in the middle.
async fn abort(State(cx): State<Context>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async move |mut socket: WebSocket| {
        let _open = Open::new(cx);
        let _ = socket.recv().await;
    })
}

/// Says nothing and hears nothing, until the process stops.
async fn deaf(State(cx): State<Context>, upgrade: WebSocketUpgrade) -> Response {
    let cancelled = cx.cancelled().clone();
    upgrade.on_upgrade(async move |_socket: WebSocket| {
        let _open = Open::new(cx);
        cancelled.cancelled().await;
    })
}
