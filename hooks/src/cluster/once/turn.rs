//! One look at a job whose time has come: run it under its lock, unless another node does.

use std::sync::{Mutex as Lock, PoisonError};

use bytes::Bytes;
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::due::Due;
use super::running::Running;
use super::{OnceJob, OnceJobs};
use crate::cluster::MutexGuard;
use crate::cluster::run::{Ended, run};
use crate::kv::KvError;
use crate::{Context, Result};

/// What came of a look.
pub(super) enum Looked {
    /// Nothing of the job is left.
    Gone,
    /// There is a job of this key at another time.
    Scheduled(Timestamp),
    /// It was not run to its end here: another node has it, or will.
    Early,
    /// It has run, and could not be deleted.
    Kept(KvError),
    /// It was not run.
    Failed(KvError),
}

/// What a look at any job needs.
pub(super) struct Turn<F> {
    pub(super) jobs: OnceJobs,
    /// Locked while a run begins, not while it goes on.
    pub(super) run: Lock<F>,
    pub(super) cx: Context,
}

impl<F, Run> Turn<F>
where
    F: FnMut(Context, OnceJob) -> Run + Send,
    Run: Future<Output = Result<()>> + Send,
{
    pub(super) async fn look(&self, key: &str, due: Due) -> Looked {
        let guard = match self.lock(key).await {
            Ok(Some(guard)) => guard,
            Ok(None) => return Looked::Early,
            Err(error) => return Looked::Failed(error),
        };
        let looked = self.look_locked(key, due, &guard).await.unwrap_or_else(Looked::Failed);
        if let Err(error) = guard.unlock().await {
            tracing::warn!(job = key, %error, "the job's mutex was not unlocked");
        }
        looked
    }

    async fn lock(&self, key: &str) -> Result<Option<MutexGuard>, KvError> {
        self.jobs.mutex(key)?.try_lock().await
    }

    async fn look_locked(
        &self,
        key: &str,
        due: Due,
        guard: &MutexGuard,
    ) -> Result<Looked, KvError> {
        // Another node may have run it meanwhile, and it may have been scheduled anew.
        let Some((job, stored)) = self.jobs.stored(key).await? else { return Ok(Looked::Gone) };
        if job.run_at != due.run_at {
            return Ok(Looked::Scheduled(job.run_at));
        }
        if !due.has_run {
            let running = Running { run_at: job.run_at, stored: stored.clone() };
            self.jobs.running.begin(key, running);
            let how = self.run(job, guard, self.cx.cancelled()).await;
            self.jobs.running.end(key);
            if how == Ended::Early {
                return Ok(Looked::Early);
            }
        }
        // If it cannot be deleted, it must not run again for that.
        Ok(self.delete(key, stored).await.unwrap_or_else(Looked::Kept))
    }

    async fn run(&self, job: OnceJob, guard: &MutexGuard, ended: &CancellationToken) -> Ended {
        let job = async {
            // Poisoned, it says only that the function has panicked before.
            let started = {
                let mut run = self.run.lock().unwrap_or_else(PoisonError::into_inner);
                run(self.cx.clone(), job)
            };
            started.await
        };
        run(job, guard, ended).await
    }

    /// Deletes a job that has run, unless it has scheduled its own key anew.
    async fn delete(&self, key: &str, ran: Bytes) -> Result<Looked, KvError> {
        let stored_key = self.jobs.stored_key(key);
        if self.jobs.client.kv_compare_and_delete(&stored_key, ran).await? {
            return Ok(Looked::Gone);
        }
        let stored = self.jobs.stored(key).await?;
        Ok(stored.map_or(Looked::Gone, |(job, _)| Looked::Scheduled(job.run_at)))
    }
}
