//! The time of day.

use std::time::{Instant, SystemTime};

use tokio::time::Instant as PausableInstant;

/// The machine's time of day, later by what tokio's clock is ahead of the machine's. The two are one,
/// unless a test has paused tokio's and moved it.
pub(crate) fn now() -> SystemTime {
    // In this order, or the time between the two readings would count as being ahead.
    let pausable = PausableInstant::now().into_std();
    let ahead = pausable.saturating_duration_since(Instant::now());
    let now = SystemTime::now();
    now.checked_add(ahead).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    #[tokio::test(start_paused = true)]
    async fn the_time_of_day_goes_on_with_a_clock_that_a_test_has_paused() {
        let before = SystemTime::now();
        tokio::time::advance(DAY).await;
        // A synchronous handler runs on a thread such as this one.
        let threads = tokio::task::spawn_blocking(now).await.unwrap();
        for after in [now(), threads] {
            // What passes in reality meanwhile counts once or not at all.
            let passed = after.duration_since(before).unwrap();
            assert!(passed > DAY / 2 && passed < DAY * 2, "{passed:?}");
        }
    }

    #[tokio::test]
    async fn it_is_the_machines_where_no_test_has_paused_the_clock() {
        let (before, now, after) = (SystemTime::now(), now(), SystemTime::now());
        assert!(before <= now && now <= after, "{before:?} {now:?} {after:?}");
    }
}
