//! The time of a record, in the only layout that the host accepts.

use std::time::SystemTime;

use jiff::Timestamp;

/// The present in UTC. A clock that is out of range reads as the epoch: a log must not fail.
pub(super) fn now() -> Timestamp {
    from_clock(SystemTime::now())
}

fn from_clock(clock: SystemTime) -> Timestamp {
    // A year before the first would be written with a sign, which the host does not read.
    Timestamp::try_from(clock).unwrap_or_default().max(Timestamp::UNIX_EPOCH)
}

/// The layout `2006-01-02T15:04:05.000000Z`. The host wants exactly six digits of a second.
pub(super) fn layout(timestamp: Timestamp) -> impl std::fmt::Display {
    std::fmt::from_fn(move |f| write!(f, "{timestamp:.6}"))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    fn check(clock: SystemTime, expected: &str) {
        assert_eq!(layout(from_clock(clock)).to_string(), expected);
    }

    #[test]
    fn a_second_has_six_digits_whatever_the_clock_says() {
        check(UNIX_EPOCH, "1970-01-01T00:00:00.000000Z");
        check(UNIX_EPOCH + Duration::from_nanos(120_000_999), "1970-01-01T00:00:00.120000Z");
        check(
            UNIX_EPOCH + Duration::new(1_700_000_000, 123_456_789),
            "2023-11-14T22:13:20.123456Z",
        );
    }

    #[test]
    fn a_clock_out_of_range_reads_as_the_epoch() {
        check(UNIX_EPOCH - Duration::from_secs(70_000_000_000), "1970-01-01T00:00:00.000000Z");
        check(UNIX_EPOCH + Duration::from_secs(1 << 60), "1970-01-01T00:00:00.000000Z");
    }
}
