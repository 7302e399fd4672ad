//! When a call is made once more.
//!
//! Only a call that reads is: of any other the server may have done what it was asked for and lost
//! only the answer. Which methods read is said in the table that they are made from.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};
use tokio::time::Instant;

use super::ApiError;

/// Whether a method changes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    Reads,
    Writes,
}

/// The first pause. Each further one is four times as long, and each gets as much again at most,
/// by chance, so that the handlers of a busy plugin do not come back all at once.
const FIRST_PAUSE: Duration = Duration::from_millis(25);
const MOST_RETRIES: usize = 3;

/// The pauses before each further attempt at a call.
pub(super) fn pauses() -> impl Iterator<Item = Duration> {
    ExponentialBuilder::new()
        .with_min_delay(FIRST_PAUSE)
        .with_factor(4.0)
        .with_max_times(MOST_RETRIES)
        .with_jitter()
        .build()
}

/// Whether another attempt may fare better.
pub(super) fn is_passing(error: &ApiError) -> bool {
    matches!(error, ApiError::Unreachable { .. } | ApiError::Transport { code: "UNAVAILABLE", .. })
}

/// Waits for the next attempt. There is none when the pauses are used up, or when the next one does
/// not end before the deadline: the failure is worth more than that the time is up.
pub(super) async fn pause(pauses: &mut impl Iterator<Item = Duration>, deadline: Instant) -> bool {
    let Some(pause) = pauses.next() else {
        return false;
    };
    match Instant::now().checked_add(pause) {
        Some(end) if end < deadline => {
            tokio::time::sleep_until(end).await;
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn pauses_grow_within_bounds_and_never_pass_the_deadline(time in 0_u64..2000) {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .start_paused(true)
                .build()
                .unwrap();
            runtime.block_on(async {
                let started = Instant::now();
                let deadline = started + Duration::from_millis(time);
                let mut pauses = pauses();
                let mut made = 0;
                while pause(&mut pauses, deadline).await {
                    made += 1;
                    // The timer wakes at the next whole millisecond.
                    prop_assert!(Instant::now() <= deadline);
                }
                prop_assert!(made <= MOST_RETRIES);
                // The three at their longest: 50, 200 and 800 ms.
                prop_assert!(started.elapsed() <= Duration::from_millis(1060));
                prop_assert!(time < 1060 || made == MOST_RETRIES);
                Ok(())
            })?;
        }
    }
}
