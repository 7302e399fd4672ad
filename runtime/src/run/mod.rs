//! Running one handler: where it runs, how long, and what a panic becomes.

mod asynchronous;
mod synchronous;

use std::sync::Arc;

use hookwright::engine::{Completion, Finish, Job};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::Span;

use crate::admit::Slot;
use crate::engine::Link;
use crate::failure::{Cause, Failure};
use crate::quarantine::Pass;
use crate::record;

/// A handler that has been admitted, without its arguments.
pub(crate) struct Run {
    pub(crate) link: Arc<Link>,
    pub(crate) pass: Pass,
    pub(crate) slot: Slot,
    /// Whether it has about the time that it may have, so that it is its own fault if that passes.
    pub(crate) has_its_time: bool,
    /// Cancelled if the handler is given up.
    pub(crate) cancelled: CancellationToken,
    pub(crate) deadline: Option<Instant>,
    pub(crate) started: Instant,
    pub(crate) span: Span,
}

impl Run {
    /// Runs the handler to its end or to its deadline, and writes down how it went.
    pub(crate) async fn run(self, job: Job) -> Result<Finish, Failure> {
        let Self { link, pass, slot, has_its_time, cancelled, deadline, started, span } = self;
        // Dropped before they are disarmed when the time is up or the caller goes.
        let cancel = cancelled.drop_guard();
        let given_up = record::GivenUp::unless_ended(&link);
        let limit = Limit { deadline, started };
        let ended = match job {
            Job::Synchronous(run) => synchronous::run(run, &link, slot, limit, &span).await,
            Job::Asynchronous(run) => {
                asynchronous::run(run, link.handler.registration, slot, limit, &span).await
            }
        };
        given_up.ended();
        if ended.is_ok() {
            cancel.disarm();
        }
        let failure = ended.as_ref().err();
        let harm = failure.is_some_and(|failure| match failure.cause {
            Cause::Panic => true,
            Cause::TimeLimit => has_its_time,
            _ => false,
        });
        record::ran(&link, (pass, harm), &span, started, failure);
        ended
    }
}

/// Until when a handler may run.
#[derive(Clone, Copy)]
struct Limit {
    deadline: Option<Instant>,
    started: Instant,
}

impl Limit {
    /// Waits for a handler until its deadline. What it ends with besides its completion is a panic.
    async fn to_its_end<P>(
        self,
        run: impl Future<Output = Result<Completion, P>>,
    ) -> Result<Finish, Failure> {
        let ended = match self.deadline {
            None => run.await,
            Some(deadline) => match tokio::time::timeout_at(deadline, run).await {
                Ok(ended) => ended,
                Err(_) => {
                    let limit = deadline.saturating_duration_since(self.started);
                    return Err(Failure::time_limit(limit));
                }
            },
        };
        match ended {
            Ok(completion) => completion.map_err(|error| Failure::of_error(&error)),
            Err(_panic) => Err(Failure::panicked()),
        }
    }
}
