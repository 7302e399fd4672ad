//! Jobs that run once, at a time that is kept in the store.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures::TryStreamExt as _;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::Mutex;
use super::clock::Clock;
use super::run::{Ended, run};
use crate::api::Client;
use crate::kv::KvError;
use crate::{ApiError, Context, Result};

const PREFIX: &str = "once_";
/// How soon a job is seen that another node has scheduled.
const POLL: Duration = Duration::from_secs(300);
/// How soon it is looked at again that could not be run.
const AGAIN: Duration = Duration::from_secs(10);
const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// A job that runs once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OnceJob {
    /// Its key; there is one job of a key at a time.
    #[serde(rename = "Key")]
    pub key: String,
    #[serde(rename = "RunAt")]
    run_at: Timestamp,
    /// What was given to it.
    #[serde(rename = "Props")]
    pub props: Value,
}

impl OnceJob {
    /// When it runs.
    #[must_use]
    pub fn run_at(&self) -> SystemTime {
        self.run_at.into()
    }
}

/// The plugin's jobs that run once. Clones are the same.
#[derive(Debug, Clone)]
pub struct OnceJobs {
    client: Client,
    changed: Arc<Notify>,
}

impl Context {
    /// Runs the jobs that were scheduled with [`OnceJobs::schedule`], each once, on one node of the
    /// cluster, until the plugin is deactivated. One whose time came when no node was running is run
    /// at once. It is called once in each process, at activation, and what it returns is for the
    /// plugin's state.
    ///
    /// An error or a panic of a job is logged, and it does not run again. One that was dropped,
    /// since the plugin was deactivated or the node lost its lock on it, does.
    ///
    /// ```
    /// use std::sync::OnceLock;
    /// use std::time::{Duration, SystemTime};
    ///
    /// use anyhow::Context as _;
    /// use hookwright::cluster::{OnceJob, OnceJobs};
    /// use hookwright::prelude::*;
    ///
    /// #[derive(Default)]
    /// struct Reminders(OnceLock<OnceJobs>);
    ///
    /// hookwright::plugin! { id: "com.example.remind", state: Reminders }
    ///
    /// #[hook(HookName::OnActivate)]
    /// async fn activate(cx: Context) {
    ///     let jobs = cx.run_once_jobs(async |_cx: Context, job: OnceJob| {
    ///         tracing::info!(job.key, "time is up");
    ///         Ok(())
    ///     });
    ///     let _ = cx.state::<Reminders>().0.set(jobs);
    /// }
    ///
    /// #[hook(HookName::MessageHasBeenPosted)]
    /// async fn remind(cx: Context, post: Post) -> Result<()> {
    ///     let jobs = cx.state::<Reminders>().0.get().context("not active")?;
    ///     let in_an_hour = SystemTime::now() + Duration::from_secs(60 * 60);
    ///     jobs.schedule(&post.id, in_an_hour, &post.channel_id).await?;
    ///     Ok(())
    /// }
    /// # fn main() {}
    /// ```
    pub fn run_once_jobs<Run>(
        &self,
        job: impl FnMut(Context, OnceJob) -> Run + Send + 'static,
    ) -> OnceJobs
    where
        Run: Future<Output = Result<()>> + Send,
    {
        let client = self.api().with_timeout(CALL_TIMEOUT);
        let jobs = OnceJobs { client, changed: Arc::default() };
        let runner = jobs.clone();
        self.spawn_owned("once", async move |cx| {
            Runner { jobs: runner, clock: Clock::start(), run: job, cx }.repeat().await;
        });
        jobs
    }
}

impl OnceJobs {
    /// Has a job run at a time, and says whether there was none of this key yet.
    ///
    /// # Errors
    ///
    /// The key is too long with `once_` before it, or the call to the server fails.
    pub async fn schedule<P: Serialize + ?Sized>(
        &self,
        key: &str,
        at: SystemTime,
        props: &P,
    ) -> Result<bool, KvError> {
        let stored = stored_key(key);
        let props =
            serde_json::to_value(props).map_err(|fault| KvError::encode::<P>(&stored, &fault))?;
        let run_at = Timestamp::try_from(at).unwrap_or(Timestamp::MAX);
        let job = OnceJob { key: key.to_owned(), run_at, props };
        let is_new = self.client.kv().set_if_absent(&stored, &job).await?;
        self.changed.notify_one();
        Ok(is_new)
    }

    /// Makes a job not run, if it does not run yet; one that runs is waited for.
    ///
    /// # Errors
    ///
    /// A call to the server fails.
    pub async fn cancel(&self, key: &str) -> Result<(), KvError> {
        let guard = Mutex::new(&self.client, key)?.lock().await?;
        let deleted = self.client.kv().delete(&stored_key(key)).await;
        guard.unlock().await?;
        deleted
    }

    /// The jobs that have not run yet. What is stored under such a key and is no job is left out.
    ///
    /// # Errors
    ///
    /// A call to the server fails.
    pub async fn list(&self) -> Result<Vec<OnceJob>, KvError> {
        let kv = self.client.kv();
        let keys: Vec<_> = kv.keys_with_prefix(PREFIX).try_collect().await?;
        let mut jobs = Vec::new();
        for key in keys {
            match kv.get(&key).await {
                Ok(job) => jobs.extend(job),
                Err(error @ KvError::Decode { .. }) => tracing::warn!(%error, "this is no job"),
                Err(error) => return Err(error),
            }
        }
        Ok(jobs)
    }
}

fn stored_key(key: &str) -> String {
    format!("{PREFIX}{key}")
}

struct Runner<F> {
    jobs: OnceJobs,
    clock: Clock,
    run: F,
    cx: Context,
}

impl<F, Run> Runner<F>
where
    F: FnMut(Context, OnceJob) -> Run + Send,
    Run: Future<Output = Result<()>> + Send,
{
    async fn repeat(mut self) {
        let ended = self.cx.cancelled().clone();
        let changed = Arc::clone(&self.jobs.changed);
        while !ended.is_cancelled() {
            let wait = match self.turn(&ended).await {
                Ok(wait) => wait,
                // There is none, and there will be none.
                Err(KvError::Api(ApiError::NoTarget { .. })) => return,
                Err(error) => {
                    tracing::warn!(%error, "jobs are not run");
                    AGAIN
                }
            };
            let woken = tokio::time::timeout(wait, changed.notified());
            let _ = ended.run_until_cancelled(woken).await;
        }
    }

    /// Runs what is due, and says how long to wait for the next one.
    async fn turn(&mut self, ended: &CancellationToken) -> Result<Duration, KvError> {
        let mut wait = POLL;
        for job in self.jobs.list().await? {
            let left = self.clock.now().duration_until(job.run_at);
            let left = Duration::try_from(left).unwrap_or_default();
            if !left.is_zero() {
                wait = wait.min(left);
            } else if !self.run_under_lock(job, ended).await? {
                wait = wait.min(AGAIN);
            }
        }
        Ok(wait)
    }

    /// Runs a job, unless another node does, and says whether it is done with.
    async fn run_under_lock(
        &mut self,
        job: OnceJob,
        ended: &CancellationToken,
    ) -> Result<bool, KvError> {
        let locked = Mutex::new(&self.jobs.client, &job.key)?.try_lock().await?;
        let Some(guard) = locked else { return Ok(false) };
        let kv = self.jobs.client.kv();
        let stored = stored_key(&job.key);
        // Another node may have run it meanwhile, and it may have been scheduled anew.
        let still: Option<OnceJob> = kv.get(&stored).await?;
        let is_still_due = still.is_some_and(|still| still.run_at == job.run_at);
        let mut is_done = true;
        if is_still_due {
            let job = async { (self.run)(self.cx.clone(), job).await };
            is_done = run(job, &guard, ended).await == Ended::Done;
            if is_done {
                kv.delete(&stored).await?;
            }
        }
        guard.unlock().await?;
        Ok(is_done)
    }
}
