//! Jobs that run once, at a time that is kept in the store.

mod due;
mod runner;
mod running;
mod turn;

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::mpsc;

use super::Mutex;
use super::scope::Scope;
use crate::api::Client;
use crate::kv::KvError;
use crate::{Context, Result};
use runner::Runner;
use running::RunningJobs;

const PREFIX: &str = "once_";
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
    scope: Scope,
    /// What is scheduled here is told to the runner, which does not look for it in the store then.
    scheduled: mpsc::UnboundedSender<(String, Timestamp)>,
    /// The jobs that run here, by key.
    running: RunningJobs,
}

impl Context {
    /// Runs the jobs that were scheduled with [`OnceJobs::schedule`], each once, on one node of the
    /// cluster, until the plugin is deactivated. One whose time came when no node was running is run
    /// at once. It is called once in each process, at activation, and what it returns is for the
    /// plugin's state. The jobs are the plugin's own, those of others in the same binary are not seen.
    ///
    /// Up to eight jobs run at a time on a node; what is due then waits until one of them is over. A
    /// job that is to run again, at whatever time, schedules its own key anew while it runs.
    ///
    /// An error or a panic of a job is logged, and it does not run again. One that was dropped,
    /// since the plugin was deactivated or the node lost its lock on it, does; and so may, on another
    /// node, one that the server could not delete when it had run.
    ///
    /// ```
    /// use std::sync::OnceLock;
    /// use std::time::Duration;
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
    ///     let in_an_hour = cx.now() + Duration::from_secs(60 * 60);
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
        self.run_once_jobs_in(Scope::of(self), job)
    }

    /// Does what [`Context::run_once_jobs`] does, with the jobs that the `cluster` package of Go's
    /// library has in the store: for the successor of a plugin in Go, whose nodes may run beside it.
    /// Of the plugins of a binary only one may do so.
    ///
    /// A job locks the [`Mutex`] of its key's name here, as it does in Go, so a mutex of the plugin's
    /// own must have another name, or a job that locks it waits for itself.
    pub fn run_once_jobs_as_in_go<Run>(
        &self,
        job: impl FnMut(Context, OnceJob) -> Run + Send + 'static,
    ) -> OnceJobs
    where
        Run: Future<Output = Result<()>> + Send,
    {
        self.run_once_jobs_in(Scope::Go, job)
    }

    fn run_once_jobs_in<Run>(
        &self,
        scope: Scope,
        job: impl FnMut(Context, OnceJob) -> Run + Send + 'static,
    ) -> OnceJobs
    where
        Run: Future<Output = Result<()>> + Send,
    {
        let client = self.api().with_timeout(CALL_TIMEOUT);
        let (tell, scheduled) = mpsc::unbounded_channel();
        let jobs = OnceJobs { client, scope, scheduled: tell, running: RunningJobs::default() };
        let runner = jobs.clone();
        self.spawn_owned("once", async move |cx| {
            Runner::new(scheduled).repeat(runner, job, cx).await;
        });
        jobs
    }
}

impl OnceJobs {
    /// Has a job run at a time, and says whether there was none of this key yet. One that runs on this
    /// node does not count, so that a job may schedule its own key anew.
    ///
    /// # Errors
    ///
    /// The key is empty, or too long with `mutex_ID:once_` before it, where `ID` is the plugin's; or
    /// the call to the server fails.
    pub async fn schedule<P: Serialize + ?Sized>(
        &self,
        key: &str,
        at: SystemTime,
        props: &P,
    ) -> Result<bool, KvError> {
        // Whoever runs the job locks it.
        self.mutex(key)?;
        let stored = self.stored_key(key);
        let run_at = Timestamp::try_from(at).unwrap_or(Timestamp::MAX);
        let props = serde_json::from_slice(&crate::kv::encode(&stored, props)?)
            .map_err(|fault| KvError::encode::<P>(&stored, fault.to_string()))?;
        let mut job = OnceJob { key: key.to_owned(), run_at, props };
        let replaced = match self.running.get(key) {
            Some(running) => {
                job.run_at = running.other_time(run_at);
                let new = crate::kv::encode(&stored, &job)?;
                self.client.kv().write(&stored, new, Some(running.stored)).await?
            }
            None => false,
        };
        let is_new = replaced || self.client.kv().set_if_absent(&stored, &job).await?;
        if is_new {
            // After the plugin's end there is no runner, and the job is for the next one.
            let _ = self.scheduled.send((job.key, job.run_at));
        }
        Ok(is_new)
    }

    /// Makes a job not run, if it does not run yet; one that runs on another node is waited for.
    ///
    /// # Errors
    ///
    /// The job runs on this node, perhaps being what asks for this ([`KvError::Running`]); or a call
    /// to the server fails.
    pub async fn cancel(&self, key: &str) -> Result<(), KvError> {
        let mutex = self.mutex(key)?;
        if self.running.get(key).is_some() {
            return Err(KvError::Running { key: self.stored_key(key) });
        }
        let guard = mutex.lock().await?;
        let deleted = self.client.kv().delete(&self.stored_key(key)).await;
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
        let keys = kv.keys_with_prefix(&self.stored_key("")).all().await?;
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

    /// The job of a key, and what is stored of it.
    async fn stored(&self, key: &str) -> Result<Option<(OnceJob, Bytes)>, KvError> {
        let key = self.stored_key(key);
        let stored = self.client.kv_get(&key).await?;
        Ok(crate::kv::decode(&key, &stored)?.map(|job| (job, stored)))
    }

    /// What is locked while a job runs.
    fn mutex(&self, key: &str) -> Result<Mutex, KvError> {
        match self.scope {
            Scope::Plugin(_) if !key.is_empty() => Mutex::new(&self.client, &self.stored_key(key)),
            _ => Mutex::new(&self.client, key),
        }
    }

    fn stored_key(&self, key: &str) -> String {
        self.scope.key(PREFIX, key)
    }
}
