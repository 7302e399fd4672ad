//! The end of the process: take no more calls, let those under way finish within a bound, leave.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::future::join;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::engine::Engine;
use crate::goplugin::stdio::Output;
use crate::socket::remove_socket_files;
use crate::start::activation;

/// Ends the process when nothing of its runtime can be waited for any more.
pub(crate) fn exit_now(code: u8) -> ! {
    remove_socket_files();
    std::process::exit(code.into())
}

/// The one place where the end is begun and waited for. Clones are the same.
#[derive(Debug, Clone)]
pub struct Stop {
    begun: CancellationToken,
    drained: CancellationToken,
    engine: Arc<Engine>,
    bound: Duration,
    output: Output,
    /// Whether the plugins are deactivated here, for there is no host that does.
    deactivates: Arc<AtomicBool>,
    /// Whether it is for a failure that the process ends.
    failed: Arc<AtomicBool>,
}

impl Stop {
    /// For an engine whose calls under way have `bound` to finish.
    #[must_use]
    pub fn new(engine: Arc<Engine>, bound: Duration) -> Self {
        let (begun, drained) = (CancellationToken::new(), CancellationToken::new());
        Self {
            begun,
            drained,
            engine,
            bound,
            output: Output::default(),
            deactivates: Arc::default(),
            failed: Arc::default(),
        }
    }

    /// From now on the plugins are deactivated at the end.
    pub(crate) fn deactivates(&self) {
        self.deactivates.store(true, Ordering::Release);
    }

    /// With output that has to reach the host before the end.
    pub(crate) fn with_output(self, output: Output) -> Self {
        Self { output, ..self }
    }

    /// What the process prints.
    pub(crate) fn output(&self) -> &Output {
        &self.output
    }

    /// Begins the end. Only the first reason counts.
    pub fn begin(&self, reason: &str) {
        self.begin_as(false, reason);
    }

    /// Begins the end of a process that cannot go on. If it has been begun before, it is no failure.
    pub(crate) fn begin_failed(&self, reason: &str) {
        self.begin_as(true, reason);
    }

    /// Whether the end was begun because the process could not go on.
    pub(crate) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Acquire)
    }

    fn begin_as(&self, failed: bool, reason: &str) {
        // Whoever reads the record can rely on it: calls are refused from here on.
        if self.engine.calls.close() {
            let calls_under_way = self.engine.calls.len();
            self.failed.store(failed, Ordering::Release);
            // First, because a host that hangs may not take the record.
            self.engine.stopping.cancel();
            self.begun.cancel();
            tracing::info!(reason, calls_under_way, "stopping");
        }
    }

    /// How long calls under way have to finish.
    pub(crate) fn bound(&self) -> Duration {
        self.bound
    }

    /// Whether the end has been begun.
    pub(crate) fn has_begun(&self) -> bool {
        self.begun.is_cancelled()
    }

    /// Waits until the end has been begun.
    pub async fn begun(&self) {
        self.begun.cancelled().await;
    }

    /// Waits until the calls under way have finished, or their time is up.
    pub async fn drained(&self) {
        self.drained.cancelled().await;
    }

    /// Waits for the begin, then for the calls under way, within the bound, and for what they printed.
    pub(crate) async fn drain(&self) {
        self.begun().await;
        let until = Instant::now() + self.bound;
        let calls = tokio::time::timeout_at(until, self.engine.calls.wait());
        // A host that ends without a word has not deactivated the plugins.
        let (calls, ()) = join(calls, self.engine.end_background(Some(until))).await;
        if calls.is_err() {
            tracing::warn!(
                calls_given_up = self.engine.calls.len(),
                bound_ms = u64::try_from(self.bound.as_millis()).unwrap_or(u64::MAX),
                "calls did not finish before the end"
            );
        }
        if self.deactivates.load(Ordering::Acquire) {
            activation::deactivate(&self.engine).await;
        }
        self.output.flush().await;
        self.drained.cancel();
    }
}
