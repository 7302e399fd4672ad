//! Async handlers run where they are awaited, under a timer.

use std::panic::AssertUnwindSafe;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use hookwright::engine::{Completion, Finish};
use tracing::Instrument as _;

use super::Run;
use crate::failure::Failure;
use crate::isolate::DropCaught;

impl Run<'_> {
    pub(super) async fn asynchronous(
        &self,
        run: BoxFuture<'static, Completion>,
    ) -> Result<Finish, Failure> {
        // Nothing of the handler is looked at after it has panicked, so nothing half done is seen.
        let mut kept = DropCaught(Some(run.instrument(self.span.clone())));
        let Some(run) = &mut kept.0 else { return Err(Failure::panicked()) };
        self.to_its_end(AssertUnwindSafe(run).catch_unwind()).await
    }
}
