//! Connections that come to nothing, in the log: of many in a short time the first are named, the
//! others counted, because anybody who reaches the socket can make as many as he likes.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Within this time
const WINDOW: Duration = Duration::from_secs(10);
/// so many are named.
const NAMED: u32 = 10;

static RECENT: Mutex<Recent> = Mutex::new(Recent { since: None, named: 0, unnamed: 0 });

/// Writes down that a connection was refused, or broken off, and why.
pub(crate) fn connection_refused(what: &'static str, reason: &str) {
    // Given back before anything is written.
    let named = RECENT.lock().unwrap_or_else(PoisonError::into_inner).name(Instant::now());
    match named {
        Some(0) => tracing::warn!(reason, "{what}"),
        Some(unnamed) => tracing::warn!(reason, unnamed_before = unnamed, "{what}"),
        None => tracing::debug!(reason, "{what}"),
    }
}

#[derive(Debug)]
struct Recent {
    since: Option<Instant>,
    named: u32,
    unnamed: u64,
}

impl Recent {
    /// How many before this one were not named, if this one is to be.
    fn name(&mut self, now: Instant) -> Option<u64> {
        if self.since.is_none_or(|since| now.duration_since(since) >= WINDOW) {
            (self.since, self.named) = (Some(now), 0);
        }
        if self.named == NAMED {
            self.unnamed += 1;
            return None;
        }
        self.named += 1;
        Some(std::mem::take(&mut self.unnamed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_are_named_and_the_others_counted_until_the_next_window() {
        let mut recent = Recent { since: None, named: 0, unnamed: 0 };
        let now = Instant::now();
        for _ in 0..NAMED {
            assert_eq!(recent.name(now), Some(0));
        }
        for _ in 0..7 {
            assert_eq!(recent.name(now + WINDOW / 2), None);
        }
        assert_eq!(recent.name(now + WINDOW), Some(7));
        assert_eq!(recent.name(now + WINDOW), Some(0));
    }
}
