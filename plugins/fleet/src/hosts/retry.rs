//! Tries a write that failed again, until one succeeds.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::{HostsFile, LONGEST_REST};

/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

impl HostsFile {
    /// In the background, since whoever asked for the write has been told that it failed.
    pub(super) fn retry_later(&self, failed: u64) {
        let this = self.clone();
        self.writes.spawn(async move { this.retry(failed).await });
    }

    async fn retry(&self, mut failed: u64) {
        let mut pause = LONGEST_REST;
        while self.closing.run_until_cancelled(sleep(pause)).await.is_some() {
            let last = Arc::clone(&self.last).lock_owned().await;
            if last.number != failed {
                // A later write has succeeded, or is tried again itself.
                return;
            }
            let (number, result) = self.shared.write(last).await;
            let Err(error) = result else {
                tracing::info!("the hosts file is written after all");
                return;
            };
            failed = number;
            pause = (pause * 2).min(LONGEST_PAUSE);
            tracing::warn!(%error, next_try = ?pause, "it was tried again in vain");
        }
    }
}
