//! Async handlers run where they are awaited, under a timer.

use std::panic::AssertUnwindSafe;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use hookwright::engine::{Completion, Finish};
use tracing::{Instrument as _, Span};

use super::Limit;
use crate::admit::Slot;
use crate::failure::Failure;
use crate::isolate::DropCaught;

pub(super) async fn run(
    run: BoxFuture<'static, Completion>,
    _slot: Slot,
    limit: Limit,
    span: &Span,
) -> Result<Finish, Failure> {
    // Nothing of the handler is looked at after it has panicked, so nothing half done is seen.
    let mut kept = DropCaught(Some(run.instrument(span.clone())));
    let Some(run) = &mut kept.0 else { return Err(Failure::panicked()) };
    limit.to_its_end(AssertUnwindSafe(run).catch_unwind()).await
}
