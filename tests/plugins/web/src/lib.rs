//! A plugin whose web side is an ordinary `axum::Router`.

mod answers;
mod bodies;
mod files;
mod live;
mod pace;
mod switch;

use std::convert::Infallible;

use axum::Router;
use axum::response::Response;
use hookwright::http::Request;
use hookwright::prelude::*;
use tower::ServiceExt as _;

pub use bodies::{BLOCK, block, byte_at};

hookwright::plugin! { id: "com.example.web", state: Web }

/// What requests share.
#[derive(Debug, Default)]
pub struct Web {
    pace: pace::Pace,
    live: live::Live,
    sockets: switch::Sockets,
}

#[hook(HookName::ServeHTTP)]
async fn web(cx: Context, request: Request) -> Result<Response, Infallible> {
    let router = Router::new()
        .merge(answers::routes())
        .merge(bodies::routes())
        .merge(files::routes())
        .merge(live::routes())
        .merge(pace::routes())
        .merge(switch::routes())
        .with_state(cx);
    router.oneshot(request).await
}
