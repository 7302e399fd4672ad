//! Records of what a handler starts elsewhere, in each of the ways in which it may.

use hookwright::prelude::*;
use tracing::Instrument as _;

/// Says the same in every way, and waits for it.
pub(crate) async fn log_in_each_way(cx: &Context) -> Result<()> {
    let whole = cx.span().clone();
    let own = tracing::info_span!("own", of = "the handler");
    let bare = tokio::spawn(async { tracing::info!("in a bare task") });
    let current = async { tracing::info!("in the current span") }.in_current_span();
    let context = async { tracing::info!("in the context's span") }.instrument(whole.clone());
    let made = async { tracing::info!("in a span of the handler's own") }.instrument(own);
    let blocking = move || whole.in_scope(|| tracing::info!("on a thread that may block"));
    let tasks = [bare, tokio::spawn(current), tokio::spawn(context), tokio::spawn(made)];
    for task in tasks.into_iter().chain([tokio::task::spawn_blocking(blocking)]) {
        task.await?;
    }
    Ok(())
}
