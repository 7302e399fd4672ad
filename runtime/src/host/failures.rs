//! How often a plugin failed of late, and how long to wait before it is started again.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::Supervision;

/// The failures of late.
pub(super) struct Failures {
    supervision: Supervision,
    times: VecDeque<Instant>,
}

impl Failures {
    pub(super) fn new(supervision: Supervision) -> Self {
        Self { supervision, times: VecDeque::new() }
    }

    /// How long to wait after a failure now of a process that was started then; none if that was one
    /// too many.
    pub(super) fn pause_after(&mut self, started: Instant, now: Instant) -> Option<Duration> {
        let Supervision { window, most_failures, first_pause, longest_pause, .. } =
            self.supervision;
        if now - started >= window {
            self.times.clear();
        }
        self.times.retain(|time| now - *time < window);
        self.times.push_back(now);
        if self.times.len() >= most_failures {
            return None;
        }
        let doublings = u32::try_from(self.times.len() - 1).unwrap_or(u32::MAX);
        let factor = 2_u32.saturating_pow(doublings);
        Some(first_pause.saturating_mul(factor).min(longest_pause))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_end_with_the_last_failure() {
        let mut failures = Failures::new(Supervision {
            first_pause: Duration::from_secs(1),
            longest_pause: Duration::from_secs(3),
            most_failures: 5,
            ..Supervision::default()
        });
        let now = Instant::now();
        let pauses: Vec<_> = (0..5).map(|_| failures.pause_after(now, now)).collect();
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(pauses, [seconds(1), seconds(2), seconds(3), seconds(3), None]);
    }

    #[test]
    fn a_process_that_ran_for_long_starts_afresh() {
        let supervision = Supervision { most_failures: 2, ..Supervision::default() };
        let mut failures = Failures::new(supervision);
        let start = Instant::now();
        for round in 1..5 {
            let now = start + supervision.window * round;
            let pause = failures.pause_after(now - supervision.window, now);
            assert_eq!(pause, Some(supervision.first_pause));
        }
    }

    proptest! {
        #[test]
        fn no_pause_is_longer_than_the_longest(
            gaps in prop::collection::vec(0_u64..700, 0..40), most_failures in 1_usize..50,
        ) {
            let supervision = Supervision { most_failures, ..Supervision::default() };
            let mut failures = Failures::new(supervision);
            let mut now = Instant::now();
            for gap in gaps {
                let started = now;
                now += Duration::from_secs(gap);
                if let Some(pause) = failures.pause_after(started, now) {
                    prop_assert!(pause <= supervision.longest_pause);
                    prop_assert!(pause >= supervision.first_pause);
                }
            }
        }
    }
}
