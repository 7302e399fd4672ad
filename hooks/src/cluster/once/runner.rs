//! What runs the jobs of a node when their time has come.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::due::{Due, Pending};
use super::{OnceJob, OnceJobs};
use crate::cluster::MutexGuard;
use crate::cluster::clock::Clock;
use crate::cluster::run::{Ended, run};
use crate::kv::KvError;
use crate::{ApiError, Context, Result};

/// How soon a job is seen that another node has scheduled.
const POLL: Duration = Duration::from_secs(300);
/// How soon it is looked at again that could not be run.
const AGAIN: Duration = Duration::from_secs(10);

pub(super) struct Runner<F> {
    jobs: OnceJobs,
    scheduled: mpsc::UnboundedReceiver<(String, Timestamp)>,
    pending: Pending,
    /// When the store was last looked through.
    listed: Option<Instant>,
    clock: Clock,
    run: F,
    cx: Context,
}

impl<F, Run> Runner<F>
where
    F: FnMut(Context, OnceJob) -> Run + Send,
    Run: Future<Output = Result<()>> + Send,
{
    pub(super) fn new(
        jobs: OnceJobs,
        scheduled: mpsc::UnboundedReceiver<(String, Timestamp)>,
        run: F,
        cx: Context,
    ) -> Self {
        let (pending, clock) = (Pending::default(), Clock::start());
        Self { jobs, scheduled, pending, listed: None, clock, run, cx }
    }

    pub(super) async fn repeat(mut self) {
        let ended = self.cx.cancelled().clone();
        while !ended.is_cancelled() {
            let wait = match self.turn(&ended).await {
                Ok(()) => self.wait(),
                // There is none, and there will be none.
                Err(KvError::Api(ApiError::NoTarget { .. })) => return,
                Err(error) => {
                    tracing::warn!(%error, "jobs are not run");
                    AGAIN
                }
            };
            let scheduled = tokio::time::timeout(wait, self.scheduled.recv());
            if let Some(Ok(Some((key, run_at)))) = ended.run_until_cancelled(scheduled).await {
                self.pending.add(key, run_at);
            }
        }
    }

    /// Runs what is due. A job that cannot be run does not keep the others from it, unless the
    /// server does not answer at all.
    async fn turn(&mut self, ended: &CancellationToken) -> Result<(), KvError> {
        while let Ok((key, run_at)) = self.scheduled.try_recv() {
            self.pending.add(key, run_at);
        }
        if self.listed.is_none_or(|at| at.elapsed() >= POLL) {
            self.pending.replace(self.jobs.list().await?);
            self.listed = Some(Instant::now());
        }
        for (key, due) in self.pending.due(self.clock.now()) {
            if ended.is_cancelled() {
                break;
            }
            let again = match self.run_under_lock(&key, due, ended).await {
                Ok(true) => continue,
                Ok(false) => AGAIN,
                Err(KvError::Api(error)) if error.is_transport() => {
                    self.pending.put_off(&key, self.clock.now(), AGAIN);
                    return Err(error.into());
                }
                Err(error) => {
                    tracing::warn!(job = key, %error, "a job is not run");
                    if matches!(error, KvError::Api(_)) { AGAIN } else { POLL }
                }
            };
            self.pending.put_off(&key, self.clock.now(), again);
        }
        Ok(())
    }

    /// Runs a job, unless another node does, and says whether nothing of it is left to do now.
    async fn run_under_lock(
        &mut self,
        key: &str,
        due: Due,
        ended: &CancellationToken,
    ) -> Result<bool, KvError> {
        let Some(guard) = self.jobs.mutex(key)?.try_lock().await? else { return Ok(false) };
        let done = self.run_locked(key, due, &guard, ended).await;
        if let Err(error) = guard.unlock().await {
            tracing::warn!(job = key, %error, "the job's mutex was not unlocked");
        }
        done
    }

    async fn run_locked(
        &mut self,
        key: &str,
        due: Due,
        guard: &MutexGuard,
        ended: &CancellationToken,
    ) -> Result<bool, KvError> {
        let kv = self.jobs.client.kv();
        let stored = self.jobs.stored_key(key);
        // Another node may have run it meanwhile, and it may have been scheduled anew.
        let Some(job) = kv.get::<OnceJob>(&stored).await? else {
            self.pending.remove(key);
            return Ok(true);
        };
        if job.run_at != due.run_at {
            self.pending.set(key, Due::at(job.run_at));
            return Ok(true);
        }
        if !due.has_run {
            if self.run(job, guard, ended).await == Ended::Early {
                return Ok(false);
            }
            // If it cannot be deleted, it must not run again for that.
            self.pending.set(key, Due { has_run: true, ..due });
        }
        kv.delete(&stored).await?;
        self.pending.remove(key);
        Ok(true)
    }

    async fn run(&mut self, job: OnceJob, guard: &MutexGuard, ended: &CancellationToken) -> Ended {
        let running = Arc::clone(&self.jobs.running);
        let set = |key| *running.lock().unwrap_or_else(PoisonError::into_inner) = key;
        set(Some(job.key.clone()));
        let job = async { (self.run)(self.cx.clone(), job).await };
        let how = run(job, guard, ended).await;
        set(None);
        how
    }

    /// How long there is nothing to do.
    fn wait(&self) -> Duration {
        let until_listing = self.listed.map_or(POLL, |at| POLL.saturating_sub(at.elapsed()));
        self.pending.wait(self.clock.now()).map_or(until_listing, |wait| wait.min(until_listing))
    }
}
