//! When a job runs.

use std::time::Duration;

use jiff::Timestamp;

/// When a job runs, counted from the end of its last run, wherever in the cluster that was. A job
/// that never ran runs at once.
///
/// ```
/// use std::time::Duration;
///
/// use hookwright::cluster::Schedule;
///
/// // An hour after the last run has ended.
/// let hourly = Schedule::every(Duration::from_secs(60 * 60));
/// // At 12:00, 13:00, 14:00, however long a run takes.
/// let on_the_hour = Schedule::rounded(Duration::from_secs(60 * 60));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    interval: Duration,
    rounded: bool,
}

/// A run asks the server four times, so nothing runs more often than this.
const SHORTEST: Duration = Duration::from_secs(1);

/// Go's clock begins in the year 1, and rounds from there.
const SECONDS_BEFORE_1970: i128 = 62_135_596_800;

impl Schedule {
    /// So long after the end of the last run. Less than a second counts as one.
    #[must_use]
    pub fn every(interval: Duration) -> Self {
        Self { interval: interval.max(SHORTEST), rounded: false }
    }

    /// At the next multiple of the interval after the end of the last run, in UTC. Less than a second
    /// counts as one.
    #[must_use]
    pub fn rounded(interval: Duration) -> Self {
        Self { interval: interval.max(SHORTEST), rounded: true }
    }

    /// How long to wait; zero if the job is to run now.
    pub(super) fn wait(&self, now: Timestamp, last_finished: Option<Timestamp>) -> Duration {
        let Some(last) = last_finished else { return Duration::ZERO };
        let interval = i128::try_from(self.interval.as_nanos()).unwrap_or(i128::MAX / 4);
        let zero = SECONDS_BEFORE_1970 * 1_000_000_000;
        let due = last.as_nanosecond() + zero + interval;
        let due = if self.rounded { due - due.rem_euclid(interval) } else { due };
        let left = due - zero - now.as_nanosecond();
        // A node whose clock was wrong cannot put the next run off for more than an interval.
        let left = left.clamp(0, interval);
        u64::try_from(left).map_or(self.interval, Duration::from_nanos)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn minutes(n: u64) -> Duration {
        Duration::from_secs(n * 60)
    }

    #[test]
    fn an_interval_counts_from_the_end_of_the_last_run() {
        let schedule = Schedule::every(minutes(5));
        let last = Some(at("2026-03-01T12:01:00Z"));
        assert_eq!(schedule.wait(at("2026-03-01T12:04:00Z"), last), minutes(2));
        assert_eq!(schedule.wait(at("2026-03-01T12:06:00Z"), last), Duration::ZERO);
        assert_eq!(schedule.wait(at("2026-03-01T18:00:00Z"), last), Duration::ZERO);
        assert_eq!(schedule.wait(at("2026-03-01T12:04:00Z"), None), Duration::ZERO);
    }

    #[test]
    fn a_rounded_interval_ends_at_its_multiples() {
        let schedule = Schedule::rounded(minutes(5));
        let last = Some(at("2026-03-01T12:04:00Z"));
        assert_eq!(schedule.wait(at("2026-03-01T12:04:00Z"), last), minutes(1));
        assert_eq!(schedule.wait(at("2026-03-01T12:05:00Z"), last), Duration::ZERO);
    }

    #[test]
    fn weeks_begin_on_monday_as_in_go() {
        let schedule = Schedule::rounded(minutes(7 * 24 * 60));
        // A Sunday, one hour before the week ends.
        let last = at("2026-03-01T23:00:00Z");
        assert_eq!(schedule.wait(last, Some(last)), minutes(60));
    }

    #[test]
    fn a_last_run_in_the_future_delays_by_an_interval_at_most() {
        let schedule = Schedule::every(minutes(5));
        let wait = schedule.wait(at("2026-03-01T12:00:00Z"), Some(at("2999-01-01T00:00:00Z")));
        assert_eq!(wait, minutes(5));
    }
}
