//! How many events a handler is nested in, known also where it triggers one by a handle that it did
//! not get with its own call.

use futures::FutureExt as _;
use hookwright::engine::Job;

tokio::task_local! {
    static DEPTH: usize;
}

/// How many events the code that runs here is nested in.
pub(super) fn depth() -> usize {
    DEPTH.try_with(|depth| *depth).unwrap_or_default()
}

/// The same job, which knows that it is nested in so many events.
pub(crate) fn nested_in(depth: usize, job: Job) -> Job {
    match job {
        // Not in the way of calls that are no events.
        job if depth == 0 => job,
        Job::Synchronous(run) => Job::synchronous(move || DEPTH.sync_scope(depth, run)),
        Job::Asynchronous(run) => Job::Asynchronous(DEPTH.scope(depth, run).boxed()),
    }
}
