//! Jobs that run again and again, on one node of the cluster at a time.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::clock;
use super::run::{Ended, run};
use super::scope::Scope;
use super::{Mutex, MutexGuard, Schedule};
use crate::kv::{Kv, KvError};
use crate::{ApiError, Context, Result};

const PREFIX: &str = "cron_";
/// How long to wait when the server does not answer.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(300);

impl Context {
    /// Runs a job again and again until the plugin is deactivated, on one node of the cluster at a
    /// time. It is called once in each process for each name, at activation. The names are the
    /// plugin's own.
    ///
    /// An error or a panic of the job is logged, and it runs again when it is due. It is dropped
    /// when the plugin is deactivated, or the node loses its lock on the job; it runs again
    /// elsewhere then, or when the plugin is back.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use hookwright::cluster::Schedule;
    /// use hookwright::prelude::*;
    ///
    /// hookwright::plugin! { id: "com.example.digest" }
    ///
    /// #[hook(HookName::OnActivate)]
    /// async fn activate(cx: Context) -> Result<()> {
    ///     let daily = Schedule::rounded(Duration::from_secs(24 * 60 * 60));
    ///     cx.schedule("digest", daily, async |cx: Context| {
    ///         let teams = cx.api().get_teams().await?;
    ///         tracing::info!(teams = teams.len(), "digest");
    ///         Ok(())
    ///     })?;
    ///     Ok(())
    /// }
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    ///
    /// The name is empty, or too long for a key with `mutex_ID:cron_` before it, where `ID` is the
    /// plugin's.
    pub fn schedule<Run>(
        &self,
        name: &str,
        schedule: Schedule,
        job: impl FnMut(Context) -> Run + Send + 'static,
    ) -> Result<(), KvError>
    where
        Run: Future<Output = Result<()>> + Send,
    {
        self.schedule_in(&Scope::of(self), name, schedule, job)
    }

    /// Does what [`Context::schedule`] does, and keeps the notes under the name that the `cluster`
    /// package of Go's library has for them: for the successor of a plugin in Go, whose nodes may run
    /// beside it. Of the plugins of a binary only one may have a job of a name so.
    ///
    /// # Errors
    ///
    /// The name is empty, or too long for a key with `mutex_cron_` before it.
    pub fn schedule_as_in_go<Run>(
        &self,
        name: &str,
        schedule: Schedule,
        job: impl FnMut(Context) -> Run + Send + 'static,
    ) -> Result<(), KvError>
    where
        Run: Future<Output = Result<()>> + Send,
    {
        self.schedule_in(&Scope::Go, name, schedule, job)
    }

    fn schedule_in<Run>(
        &self,
        scope: &Scope,
        name: &str,
        schedule: Schedule,
        job: impl FnMut(Context) -> Run + Send + 'static,
    ) -> Result<(), KvError>
    where
        Run: Future<Output = Result<()>> + Send,
    {
        let key = scope.key(PREFIX, name);
        let name_of_mutex = if name.is_empty() { name } else { &key };
        Mutex::new(self.api(), name_of_mutex)?;
        self.spawn_owned(name, move |cx| async move {
            let Ok(mutex) = Mutex::new(cx.api(), &key) else { return };
            let kv = cx.api().kv();
            Job { key, kv, mutex, schedule, run: job, cx }.repeat().await;
        });
        Ok(())
    }
}

/// What the nodes tell each other of a job, in Go's words.
#[derive(Serialize, Deserialize)]
struct Metadata {
    #[serde(rename = "LastFinished")]
    last_finished: Timestamp,
}

struct Job<F> {
    key: String,
    kv: Kv,
    mutex: Mutex,
    schedule: Schedule,
    run: F,
    cx: Context,
}

impl<F, Run> Job<F>
where
    F: FnMut(Context) -> Run + Send,
    Run: Future<Output = Result<()>> + Send,
{
    async fn repeat(mut self) {
        let ended = self.cx.cancelled().clone();
        let mut wait = Duration::ZERO;
        let mut after_failure = waits();
        while ended.run_until_cancelled(tokio::time::sleep(wait)).await.is_some() {
            wait = match self.turn(&ended).await {
                Ok(wait) => {
                    after_failure = waits();
                    wait
                }
                // There is none, and there will be none.
                Err(KvError::Api(ApiError::NoTarget { .. })) => return,
                Err(error) => {
                    let wait = after_failure.next().unwrap_or(LONGEST_WAIT);
                    let seconds = wait.as_secs();
                    tracing::warn!(%error, tried_again_after_s = seconds, "the job is not run");
                    wait
                }
            };
        }
    }

    /// Runs the job if it is due, and says how long to wait for the next time.
    async fn turn(&mut self, ended: &CancellationToken) -> Result<Duration, KvError> {
        let Some(locked) = ended.run_until_cancelled(self.mutex.lock()).await else {
            return Ok(Duration::ZERO);
        };
        let guard = locked?;
        let wait = self.run_if_due(&guard, ended).await;
        if let Err(error) = guard.unlock().await {
            tracing::warn!(%error, "the job's mutex was not unlocked");
        }
        wait
    }

    async fn run_if_due(
        &mut self,
        guard: &MutexGuard,
        ended: &CancellationToken,
    ) -> Result<Duration, KvError> {
        let metadata = self.kv.get::<Metadata>(&self.key).await?;
        // Go's zero time, of the year 1, is never.
        let last = metadata.map(|metadata| metadata.last_finished);
        let last = last.filter(|at| *at > Timestamp::UNIX_EPOCH);
        let wait = self.schedule.wait(clock::now(), last);
        if !wait.is_zero() {
            return Ok(wait);
        }
        let job = async { (self.run)(self.cx.clone()).await };
        if run(job, guard, ended).await == Ended::Early {
            return Ok(Duration::ZERO);
        }
        let finished = clock::now();
        let metadata = Metadata { last_finished: finished };
        if let Err(error) = self.kv.set(&self.key, &metadata).await {
            tracing::error!(%error, "other nodes are not told that the job has run");
        }
        Ok(self.schedule.wait(finished, Some(finished)))
    }
}

fn waits() -> ExponentialBackoff {
    ExponentialBuilder::default()
        .with_min_delay(SHORTEST_WAIT)
        .with_max_delay(LONGEST_WAIT)
        .with_jitter()
        .without_max_times()
        .build()
}
