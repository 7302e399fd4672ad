//! What runs the jobs of a node when their time has come.

use std::ops::ControlFlow;
use std::sync::Mutex as Lock;
use std::time::Duration;

use futures::StreamExt as _;
use futures::future::{BoxFuture, Either, FutureExt as _, pending, select};
use futures::stream::FuturesUnordered;
use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::due::Pending;
use super::turn::{Looked, Turn};
use super::{OnceJob, OnceJobs};
use crate::cluster::clock;
use crate::kv::KvError;
use crate::{ApiError, Context, Result};

/// How soon a job is seen that another node has scheduled.
const POLL: Duration = Duration::from_secs(300);
/// How soon it is looked at again that could not be run.
const AGAIN: Duration = Duration::from_secs(10);
/// How many jobs run at a time.
const AT_ONCE: usize = 8;

pub(super) struct Runner {
    scheduled: mpsc::UnboundedReceiver<(String, Timestamp)>,
    pending: Pending,
    /// When the store is looked through again.
    list_at: Instant,
    listing: bool,
    /// Nothing is asked of the server before, since it did not answer.
    silent_until: Instant,
}

/// What the runner waits for.
enum Event {
    Looked(String, Timestamp, Looked),
    Listed(Result<Vec<OnceJob>, KvError>),
    Scheduled(String, Timestamp),
    /// Something may be due.
    Time,
}

impl Runner {
    pub(super) fn new(scheduled: mpsc::UnboundedReceiver<(String, Timestamp)>) -> Self {
        let now = Instant::now();
        Self {
            scheduled,
            pending: Pending::default(),
            list_at: now,
            listing: false,
            silent_until: now,
        }
    }

    pub(super) async fn repeat<F, Run>(mut self, jobs: OnceJobs, job: F, cx: Context)
    where
        F: FnMut(Context, OnceJob) -> Run + Send,
        Run: Future<Output = Result<()>> + Send,
    {
        let ended = cx.cancelled().clone();
        let turn = Turn { jobs, run: Lock::new(job), cx };
        let mut begun = FuturesUnordered::new();
        while !ended.is_cancelled() {
            self.begin(&turn, &mut begun);
            let event = ended.run_until_cancelled(self.event(&mut begun)).await;
            if event.is_some_and(|event| self.take(event).is_break()) {
                return;
            }
        }
        // Each gives its job up, and unlocks it.
        while begun.next().await.is_some() {}
    }

    /// Begins what is due. A job that cannot be run does not keep the others from it, unless the
    /// server does not answer at all.
    fn begin<'t, F, Run>(
        &mut self,
        turn: &'t Turn<F>,
        begun: &mut FuturesUnordered<BoxFuture<'t, Event>>,
    ) where
        F: FnMut(Context, OnceJob) -> Run + Send,
        Run: Future<Output = Result<()>> + Send,
    {
        if Instant::now() < self.silent_until {
            return;
        }
        if !self.listing && Instant::now() >= self.list_at {
            self.listing = true;
            begun.push(turn.jobs.list().map(Event::Listed).boxed());
        }
        while self.pending.begun() < AT_ONCE
            && let Some((key, due)) = self.pending.begin(clock::now())
        {
            let looked = async move {
                let looked = turn.look(&key, due).await;
                Event::Looked(key, due.run_at, looked)
            };
            begun.push(looked.boxed());
        }
    }

    async fn event(&mut self, begun: &mut FuturesUnordered<BoxFuture<'_, Event>>) -> Event {
        let wait = tokio::time::sleep(self.wait()).map(|()| Event::Time);
        let done = async {
            match begun.next().await {
                Some(event) => event,
                None => pending().await,
            }
        };
        // What is scheduled while the store is looked through may not be in what is found there.
        let listing = self.listing;
        let scheduled = async {
            if listing {
                return pending().await;
            }
            match self.scheduled.recv().await {
                Some((key, run_at)) => Event::Scheduled(key, run_at),
                None => pending().await,
            }
        };
        let first = select(Box::pin(scheduled), Box::pin(done));
        match select(first, Box::pin(wait)).await {
            Either::Left((Either::Left((event, _)) | Either::Right((event, _)), _))
            | Either::Right((event, _)) => event,
        }
    }

    /// Takes note of what happened, and breaks if there is nothing to wait for.
    fn take(&mut self, event: Event) -> ControlFlow<()> {
        match event {
            Event::Time => {}
            Event::Scheduled(key, run_at) => {
                // The server has just answered.
                self.silent_until = Instant::now();
                self.pending.add(key, run_at);
            }
            Event::Listed(listed) => {
                self.listing = false;
                match listed {
                    Ok(jobs) => {
                        self.list_at = Instant::now() + POLL;
                        self.pending.find(jobs);
                    }
                    Err(error) => {
                        self.list_at = Instant::now() + AGAIN;
                        return self.failed("jobs are not looked for", &error);
                    }
                }
            }
            Event::Looked(key, run_at, looked) => {
                self.pending.end(&key);
                let (again, error) = match looked {
                    Looked::Gone => {
                        self.pending.remove(&key, run_at);
                        return ControlFlow::Continue(());
                    }
                    Looked::Scheduled(run_at) => {
                        self.pending.add(key, run_at);
                        return ControlFlow::Continue(());
                    }
                    Looked::Early => (AGAIN, None),
                    Looked::Kept(error) => {
                        self.pending.has_run(&key, run_at);
                        (AGAIN, Some(error))
                    }
                    Looked::Failed(error @ KvError::Api(_)) => (AGAIN, Some(error)),
                    Looked::Failed(error) => (POLL, Some(error)),
                };
                self.pending.put_off(&key, run_at, clock::now(), again);
                if let Some(error) = error {
                    return self
                        .failed(&format!("the job `{key}` is not run, or not deleted"), &error);
                }
            }
        }
        ControlFlow::Continue(())
    }

    fn failed(&mut self, what: &str, error: &KvError) -> ControlFlow<()> {
        if let KvError::Api(error) = error {
            if matches!(error, ApiError::NoTarget { .. }) {
                // There is no server, and there will be none.
                return ControlFlow::Break(());
            }
            if error.is_transport() {
                self.silent_until = Instant::now() + AGAIN;
            }
        }
        tracing::warn!(%error, "{what}");
        ControlFlow::Continue(())
    }

    /// How long there is nothing to begin.
    fn wait(&self) -> Duration {
        let now = Instant::now();
        let until_listing = if self.listing { POLL } else { self.list_at - now };
        let due = self.pending.wait(clock::now()).filter(|_| self.pending.begun() < AT_ONCE);
        due.map_or(until_listing, |due| due.min(until_listing)).max(self.silent_until - now)
    }
}
