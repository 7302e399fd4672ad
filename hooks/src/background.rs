//! Work of a plugin that goes on when the handler that began it has ended.

use std::panic::AssertUnwindSafe;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt as _;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use crate::{Context, Result};

/// How long a call to the server may take in such work.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// The tasks of a plugin that outlive the handlers that began them. They end with the plugin's
/// activation.
#[derive(Debug, Default)]
pub struct Background {
    ended: Mutex<CancellationToken>,
    tasks: TaskTracker,
}

impl Background {
    /// Lets tasks run again after an end: the plugin is about to be activated.
    pub fn begin(&self) {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        if ended.is_cancelled() {
            *ended = CancellationToken::new();
        }
    }

    /// Ends all tasks, and waits until they have ended. One that begins later ends at once.
    pub async fn end(&self) {
        self.ended().cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    fn ended(&self) -> CancellationToken {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Context {
    /// Starts work that goes on when this handler has ended, and ends when it is done or the plugin
    /// is deactivated: it is dropped then. An error or a panic of it is logged under its name.
    ///
    /// Its context has no time limit; each of its calls to the server may take 30 seconds.
    ///
    /// ```
    /// use hookwright::prelude::*;
    ///
    /// hookwright::plugin! { id: "com.example.import" }
    ///
    /// #[hook(HookName::OnActivate)]
    /// async fn activate(cx: Context) {
    ///     cx.spawn("import", async |cx: Context| {
    ///         let teams = cx.api().get_teams().await?;
    ///         tracing::info!(teams = teams.len(), "imported");
    ///         Ok(())
    ///     });
    /// }
    /// # fn main() {}
    /// ```
    pub fn spawn<Work>(&self, name: &str, work: impl FnOnce(Context) -> Work + Send + 'static)
    where
        Work: Future<Output = Result<()>> + Send + 'static,
    {
        self.spawn_owned(name, async move |cx: Context| {
            let ended = cx.cancelled().clone();
            if let Some(Err(error)) = ended.run_until_cancelled(work(cx)).await {
                tracing::error!(error = format!("{error:#}"), "the work failed");
            }
        });
    }

    /// Starts work that ends by itself soon after its context is cancelled.
    pub(crate) fn spawn_owned<Work>(
        &self,
        name: &str,
        work: impl FnOnce(Context) -> Work + Send + 'static,
    ) where
        Work: Future<Output = ()> + Send + 'static,
    {
        let background = self.plugin().background();
        let span =
            tracing::info_span!(parent: None, "background", plugin = self.plugin_id(), task = name);
        let cx = self.in_background(background.ended(), CALL_TIMEOUT, span.clone());
        let work = async move {
            if AssertUnwindSafe(async { work(cx).await }).catch_unwind().await.is_err() {
                tracing::error!("the work panicked");
            }
        };
        background.tasks.spawn(work.instrument(span));
    }
}
