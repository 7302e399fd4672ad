//! Removes clients that have not been seen for long.

use std::time::Duration;

use hookwright::Result;
use tokio::time::{MissedTickBehavior, interval};

use crate::store::{Store, now};

/// Looks for such clients again and again.
pub(crate) async fn repeat(store: &Store, after: Duration, every: Duration) -> Result<()> {
    let after = i64::try_from(after.as_millis()).unwrap_or(i64::MAX);
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match store.prune(now().saturating_sub(after)).await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "clients that were not seen were removed"),
            Err(error) => tracing::warn!(%error, "clients that were not seen stay for now"),
        }
    }
}
