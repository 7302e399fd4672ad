//! The pages below `/files`.

mod access;
mod csv;
mod events;
mod page;
mod range;

use std::convert::Infallible;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use hookwright::Context;
use hookwright::http::Request;
use tower::ServiceExt as _;

use crate::journal::{Entry, Journal};

/// Answers one request, after asking whether its user may see the answer.
pub(crate) async fn serve(cx: Context, request: Request) -> Result<Response, Infallible> {
    let mut response = match access::check(&cx, request.headers()).await {
        Ok(()) => {
            let router = Router::new()
                .route("/files", get(page::show))
                .route("/files/", get(page::show))
                .route("/files/recent", get(recent))
                .route("/files/events", get(events::follow))
                .route("/files/log.csv", get(download));
            router.with_state(cx).oneshot(request).await?
        }
        Err(refusal) => refusal.into_response(),
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

/// The last uploads as JSON, the oldest first.
async fn recent(State(cx): State<Context>) -> Json<Vec<Entry>> {
    let entries = cx.state::<Journal>().remembered();
    Json(entries.iter().map(|entry| Entry::clone(entry)).collect())
}

/// The last uploads as a file.
async fn download(State(cx): State<Context>, headers: HeaderMap) -> Response {
    match csv::write(&cx.state::<Journal>().remembered()) {
        Ok(log) => {
            let about = [
                (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"uploads.csv\""),
            ];
            (about, range::answer(log.into(), &headers)).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "the log was not written");
            axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
