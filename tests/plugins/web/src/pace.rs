//! Handlers and bodies that go no faster than a test lets them, and what shows how far they are.

use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{any, get, post};
use futures::StreamExt as _;
use hookwright::Context;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use crate::Web;
use crate::bodies::{block, checksum};

/// How far the handlers are, and how far they may go.
#[derive(Debug)]
pub(crate) struct Pace {
    /// How many blocks `/counted` was asked for.
    asked: AtomicU64,
    /// One permit for each handler of `/held` that may read.
    go: Semaphore,
}

impl Default for Pace {
    fn default() -> Self {
        Self { asked: AtomicU64::new(0), go: Semaphore::new(0) }
    }
}

pub(crate) fn routes() -> Router<Context> {
    Router::new()
        .route("/counted/{many}", get(counted))
        .route("/asked", get(asked))
        .route("/held", post(held))
        .route("/go", post(go))
        .route("/wait/{name}", any(wait))
        .route("/never-answers", any(std::future::pending::<StatusCode>))
        .route("/tasks", get(tasks))
}

/// The body of `/blocks`, and a count of how much of it was asked for.
async fn counted(State(cx): State<Context>, Path(many): Path<u64>) -> Body {
    Body::from_stream(futures::stream::iter(0..many).map(move |number| {
        cx.state::<Web>().pace.asked.fetch_add(1, Ordering::Relaxed);
        Ok::<_, Infallible>(block(number))
    }))
}

async fn asked(State(cx): State<Context>) -> String {
    cx.state::<Web>().pace.asked.load(Ordering::Relaxed).to_string()
}

/// `/checksum`, but reads nothing until it may.
async fn held(State(cx): State<Context>, body: Body) -> impl IntoResponse {
    match cx.state::<Web>().pace.go.acquire().await {
        Ok(permit) => permit.forget(),
        Err(_closed) => return Err((StatusCode::GONE, "closed".to_owned())),
    }
    checksum(body).await
}

async fn go(State(cx): State<Context>) {
    cx.state::<Web>().pace.go.add_permits(1);
}

/// Never answers, and says in the log that it has begun, and that it was dropped.
async fn wait(Path(name): Path<String>, _unread: Body) -> StatusCode {
    tracing::info!(name, "begins to wait");
    let _dropped = Dropped(name);
    std::future::pending().await
}

struct Dropped(String);

impl Drop for Dropped {
    fn drop(&mut self) {
        tracing::info!(name = self.0, "dropped while it waited");
    }
}

/// How many tasks this process has.
async fn tasks() -> String {
    Handle::current().metrics().num_alive_tasks().to_string()
}
