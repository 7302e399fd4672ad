//! One run of a job, under its mutex.

use std::panic::AssertUnwindSafe;

use futures::FutureExt as _;
use futures::future::{Either, select};
use tokio_util::sync::CancellationToken;

use super::MutexGuard;
use crate::Result;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// It is over, well or badly.
    Done,
    /// It was dropped, since the plugin is deactivated, or another node may have the mutex.
    Early,
}

/// Runs a job. An error or a panic is logged.
pub(super) async fn run(
    job: impl Future<Output = Result<()>>,
    guard: &MutexGuard,
    ended: &CancellationToken,
) -> Ended {
    let job = Box::pin(AssertUnwindSafe(job).catch_unwind());
    let stopped = select(Box::pin(ended.cancelled()), Box::pin(guard.lost().cancelled()));
    match select(job, stopped).await {
        Either::Left((Ok(Ok(())), _)) => {}
        Either::Left((Ok(Err(error)), _)) => {
            tracing::error!(error = format!("{error:#}"), "the job failed");
        }
        Either::Left((Err(_panic), _)) => tracing::error!("the job panicked"),
        Either::Right(_) => return Ended::Early,
    }
    Ended::Done
}
