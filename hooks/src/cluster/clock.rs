//! The time of day, which the nodes of a cluster agree on.

use jiff::Timestamp;

/// The machine's time of day, or that of the clock that a test has paused.
pub(super) fn now() -> Timestamp {
    Timestamp::try_from(crate::clock::now()).unwrap_or(Timestamp::MAX)
}
