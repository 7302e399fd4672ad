//! Async handlers run where they are awaited, under a timer.

use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::task::{Context, Poll};

use futures::FutureExt as _;
use futures::future::BoxFuture;
use hookwright::engine::{Completion, Finish};

use super::Limit;
use crate::admit::Slot;
use crate::failure::Failure;
use crate::isolate::DropCaught;
use crate::running::Running;

pub(super) async fn run(
    run: BoxFuture<'static, Completion>,
    running: &Running,
    _slot: Slot,
    limit: Limit,
) -> Result<Finish, Failure> {
    let mut handler = Handler { run: Some(DropCaught(Some(run))), running };
    let polled = poll_fn(|cx| handler.poll(cx));
    // Nothing of the handler is looked at after it has panicked, so nothing half done is seen.
    limit.to_its_end(AssertUnwindSafe(polled).catch_unwind()).await
}

/// A handler that runs. What it leaves behind is dropped in its name, and without harm.
struct Handler<'a> {
    /// Gone when it has ended.
    run: Option<DropCaught<BoxFuture<'static, Completion>>>,
    running: &'a Running,
}

impl Handler<'_> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Completion> {
        let Self { run, running } = self;
        running.poll(|| {
            let Some(DropCaught(Some(polled))) = run else { return Poll::Pending };
            let ended = polled.poll_unpin(cx);
            if ended.is_ready() {
                *run = None;
            }
            ended
        })
    }
}

impl Drop for Handler<'_> {
    fn drop(&mut self) {
        if let Some(run) = self.run.take() {
            self.running.poll(|| drop(run));
        }
    }
}
