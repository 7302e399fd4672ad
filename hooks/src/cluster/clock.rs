//! The time of day, which the nodes of a cluster agree on.

use std::time::SystemTime;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// A clock that never goes back. Where the time of day stands still and time goes on, as under a
/// test's paused clock, it goes on with the latter.
#[derive(Debug, Clone)]
pub(super) struct Clock {
    wall: SystemTime,
    monotonic: Instant,
}

impl Clock {
    pub(super) fn start() -> Self {
        Self { wall: SystemTime::now(), monotonic: Instant::now() }
    }

    pub(super) fn now(&self) -> Timestamp {
        let wall = self.wall.elapsed().unwrap_or_default();
        let elapsed = wall.max(self.monotonic.elapsed());
        let elapsed = SignedDuration::try_from(elapsed).unwrap_or(SignedDuration::MAX);
        let started = Timestamp::try_from(self.wall).unwrap_or(Timestamp::UNIX_EPOCH);
        started.saturating_add(elapsed).unwrap_or(Timestamp::MAX)
    }
}
