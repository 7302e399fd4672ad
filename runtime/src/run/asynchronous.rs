//! Async handlers run where they are awaited, under a timer.

use std::future::poll_fn;
use std::panic::AssertUnwindSafe;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use hookwright::engine::{Completion, Finish, Registration};
use tracing::{Instrument as _, Span};

use super::Limit;
use crate::admit::Slot;
use crate::failure::Failure;
use crate::isolate::DropCaught;
use crate::watchdog;

pub(super) async fn run(
    run: BoxFuture<'static, Completion>,
    handler: &'static Registration,
    _slot: Slot,
    limit: Limit,
    span: &Span,
) -> Result<Finish, Failure> {
    // Nothing of the handler is looked at after it has panicked, so nothing half done is seen.
    let mut kept = DropCaught(Some(run.instrument(span.clone())));
    let Some(run) = &mut kept.0 else { return Err(Failure::panicked()) };
    let watched = poll_fn(|cx| watchdog::watched(handler, || run.poll_unpin(cx)));
    limit.to_its_end(AssertUnwindSafe(watched).catch_unwind()).await
}
