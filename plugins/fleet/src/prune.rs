//! Removes clients that have not been seen for long.

use std::time::Duration;

use hookwright::Result;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use crate::store::{Store, now};

/// Looks for such clients again and again.
pub(crate) async fn repeat(store: &Store, after: Duration, every: Duration) -> Result<()> {
    let mut ticks = ticks(after, every);
    let after = i64::try_from(after.as_millis()).unwrap_or(i64::MAX);
    loop {
        ticks.tick().await;
        match store.prune(now().saturating_sub(after)).await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "clients that were not seen were removed"),
            Err(error) => tracing::warn!(%error, "clients that were not seen stay for now"),
        }
    }
}

/// While the registry was closed nobody could be seen: all have the whole time again.
fn ticks(after: Duration, every: Duration) -> Interval {
    /// As good as never, and a time that can be added to now.
    const A_CENTURY: Duration = Duration::from_secs(100 * 365 * 86_400);
    let first = Instant::now() + after.min(A_CENTURY);
    let mut ticks = interval_at(first, every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn after_a_pause_of_the_service_clients_have_the_whole_time_to_be_seen() {
        let (after, every) = (Duration::from_secs(3600), Duration::from_secs(60));
        let opened = Instant::now();
        let mut ticks = ticks(after, every);
        ticks.tick().await;
        assert_eq!(opened.elapsed(), after);
        ticks.tick().await;
        assert_eq!(opened.elapsed(), after + every);
    }

    #[tokio::test(start_paused = true)]
    async fn a_time_that_no_clock_has_is_as_good_as_never() {
        let _ticks = ticks(Duration::MAX, Duration::from_secs(60));
    }
}
