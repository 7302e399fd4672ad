//! The time of day, which the nodes of a cluster agree on.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant as PausableInstant;

/// The machine's clock, and its corrections. Where a test has paused tokio's clock, the time of day
/// goes on with that instead.
#[derive(Debug, Clone)]
pub(super) struct Clock {
    real: Instant,
    pausable: PausableInstant,
}

impl Clock {
    pub(super) fn start() -> Self {
        Self { real: Instant::now(), pausable: PausableInstant::now() }
    }

    pub(super) fn now(&self) -> Timestamp {
        shifted(Timestamp::now(), self.pausable.elapsed(), self.real.elapsed())
    }
}

/// The time of day, later by what tokio's clock is ahead of the real one; both run alike unless the
/// former is paused.
fn shifted(now: Timestamp, pausable: Duration, real: Duration) -> Timestamp {
    let ahead = SignedDuration::try_from(pausable.saturating_sub(real));
    now.saturating_add(ahead.unwrap_or(SignedDuration::MAX)).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_correction_of_the_machines_clock_is_followed_either_way() {
        let hour = Duration::from_secs(60 * 60);
        for corrected in [at("2026-03-01T10:00:00Z"), at("2026-03-01T14:00:00Z")] {
            assert_eq!(shifted(corrected, hour, hour), corrected);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_paused_clock_takes_the_time_of_day_with_it() {
        let clock = Clock::start();
        let before = clock.now();
        tokio::time::advance(Duration::from_secs(24 * 60 * 60)).await;
        let passed = before.duration_until(clock.now());
        // What the machine's own clock went on by meanwhile counts once or not at all.
        let less_than_a_day = SignedDuration::from_hours(23);
        assert!(passed > less_than_a_day && passed < less_than_a_day * 2, "{passed}");
    }
}
