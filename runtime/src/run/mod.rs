//! Running one handler: where it runs, how long, and what a panic becomes.

mod asynchronous;
mod synchronous;

use hookwright::engine::{Completion, Finish, Job};
use tokio::time::Instant;
use tracing::Span;

use crate::admit::Bulkhead;
use crate::failure::Failure;

/// What is needed to run a handler besides the handler.
pub(crate) struct Run<'a> {
    pub(crate) bulkhead: &'a std::sync::Arc<Bulkhead>,
    pub(crate) deadline: Option<Instant>,
    pub(crate) started: Instant,
    pub(crate) span: &'a Span,
}

impl Run<'_> {
    /// Runs a handler to its end or to its deadline.
    pub(crate) async fn run(&self, job: Job) -> Result<Finish, Failure> {
        match job {
            Job::Synchronous(run) => self.synchronous(run).await,
            Job::Asynchronous(run) => self.asynchronous(run).await,
        }
    }

    /// Waits for a handler until its deadline. What it ends with besides its completion is a panic.
    async fn to_its_end<P>(
        &self,
        run: impl Future<Output = Result<Completion, P>>,
    ) -> Result<Finish, Failure> {
        let ended = match self.deadline {
            None => run.await,
            Some(deadline) => match tokio::time::timeout_at(deadline, run).await {
                Ok(ended) => ended,
                Err(_) => return Err(self.timed_out(deadline)),
            },
        };
        match ended {
            Ok(completion) => completion.map_err(|error| Failure::of_error(&error)),
            Err(_panic) => Err(Failure::panicked()),
        }
    }

    fn timed_out(&self, deadline: Instant) -> Failure {
        Failure::time_limit(deadline.saturating_duration_since(self.started))
    }
}
