//! A plugin with jobs and a bot, and what another one needs to name its jobs alike.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use hookwright::BotProfile;
use hookwright::cluster::{OnceJob, OnceJobs, Schedule};
use hookwright::prelude::*;

hookwright::plugin! { id: "com.example.first", state: First }

/// How often the digest is due.
pub const HOUR: Duration = Duration::from_secs(60 * 60);

/// The state of this plugin.
#[derive(Debug, Default)]
pub struct First(pub Arc<Seen>);

/// What a plugin has seen of its jobs and its bot.
#[derive(Debug, Default)]
pub struct Seen {
    /// How often the digest ran.
    pub digests: AtomicU32,
    /// What was given to the once-jobs that ran.
    pub once: Mutex<Vec<String>>,
    /// Where to schedule once-jobs.
    pub jobs: OnceLock<OnceJobs>,
    /// The user id of the bot.
    pub bot: OnceLock<String>,
}

#[hook(HookName::OnActivate)]
async fn activate(cx: Context) -> Result<()> {
    begin(&cx, &cx.state::<First>().0, "first").await
}

/// Begins the jobs of a plugin, and makes its bot.
///
/// # Errors
///
/// The server refuses.
pub async fn begin(cx: &Context, seen: &Arc<Seen>, bot: &str) -> Result<()> {
    let counted = Arc::clone(seen);
    cx.schedule("digest", Schedule::every(HOUR), move |_cx| {
        counted.digests.fetch_add(1, Ordering::SeqCst);
        std::future::ready(Ok(()))
    })?;
    let noted = Arc::clone(seen);
    let jobs = cx.run_once_jobs(move |_cx, job: OnceJob| {
        noted.once.lock().unwrap_or_else(PoisonError::into_inner).push(job.props.to_string());
        std::future::ready(Ok(()))
    });
    let _ = seen.jobs.set(jobs);
    let bot = cx.api().ensure_bot(BotProfile::new(bot)).await?;
    let _ = seen.bot.set(bot.user_id().to_owned());
    Ok(())
}
