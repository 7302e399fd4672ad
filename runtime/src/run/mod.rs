//! Running one handler: where it runs, how long, and what a panic becomes.

mod asynchronous;
mod pool;
mod synchronous;

use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use futures::poll;
use hookwright::engine::{CallParts, Completion, Finish, Job};
use tokio::time::Instant;

pub(crate) use self::pool::Pool;
use crate::admit::Slot;
use crate::failure::{Cause, Failure};
use crate::quarantine::Pass;
use crate::record;
use crate::running::Running;

/// A handler that has been admitted, without its arguments.
pub(crate) struct Run {
    pub(crate) running: Running,
    pub(crate) pass: Pass,
    pub(crate) slot: Slot,
    /// Whether it has about the time that it may have, so that it is its own fault if that passes.
    pub(crate) has_its_time: bool,
    /// Told if the handler is given up.
    pub(crate) parts: Arc<CallParts>,
    pub(crate) deadline: Option<Instant>,
    pub(crate) started: Instant,
}

impl Run {
    /// Runs the handler to its end or to its deadline, and writes down how it went. The time is that
    /// of the end.
    pub(crate) async fn run(self, job: Job) -> (Result<Finish, Failure>, Instant) {
        let Self { running, pass, slot, has_its_time, parts, deadline, started } = self;
        // Dropped before they are disarmed when the time is up or the caller goes.
        let cancel = Cancel(Some(parts));
        let given_up = record::GivenUp::unless_ended(&running.link);
        let limit = Limit { deadline, started };
        let ended = match job {
            Job::Synchronous(run) => synchronous::run(run, &running, slot, limit).await,
            Job::Asynchronous(run) => asynchronous::run(run, &running, slot, limit).await,
        };
        given_up.ended();
        if ended.is_ok() {
            cancel.not();
        }
        let failure = ended.as_ref().err();
        let harm = failure.is_some_and(|failure| match failure.cause {
            Cause::Panic => true,
            Cause::TimeLimit => has_its_time,
            _ => false,
        });
        let now = Instant::now();
        record::ran(&running, (pass, harm), now - started, now, failure);
        (ended, now)
    }
}

/// Tells a handler that it is given up, when this is dropped.
struct Cancel(Option<Arc<CallParts>>);

impl Cancel {
    fn not(mut self) {
        self.0 = None;
    }
}

impl Drop for Cancel {
    fn drop(&mut self) {
        if let Some(parts) = &self.0 {
            parts.cancellation.cancel();
        }
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
        let mut run = pin!(run);
        let ended = match (poll!(run.as_mut()), self.deadline) {
            // Most handlers never wait, and need no timer.
            (Poll::Ready(ended), _) => ended,
            (Poll::Pending, None) => run.await,
            (Poll::Pending, Some(deadline)) => match tokio::time::timeout_at(deadline, run).await {
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
