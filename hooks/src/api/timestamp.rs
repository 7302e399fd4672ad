//! Points in time as the server has them.

use std::fmt;
use std::ops::{Add, Sub};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The first millisecond of the year 10000, which RFC 3339 cannot say.
const YEAR_10000: i64 = 253_402_300_800_000;

/// A point in time, in milliseconds since the beginning of 1970, UTC, as the server counts.
///
/// Fields of messages, such as a post's `create_at`, are plain numbers; `Timestamp::from_millis`
/// says what they mean.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use hookwright::api::Timestamp;
///
/// let created = Timestamp::from_millis(1_700_000_000_123);
/// assert_eq!(created.to_string(), "2023-11-14T22:13:20.123Z");
/// assert_eq!(Timestamp::from(created.system_time().unwrap()), created);
/// assert!(created + Duration::from_secs(60) < Timestamp::now());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since the beginning of 1970.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// The present, by the clock of this machine. Where a test has paused tokio's clock it goes on
    /// with that one, which `SystemTime::now()` does not.
    #[must_use]
    pub fn now() -> Self {
        crate::clock::now().into()
    }

    /// Milliseconds since the beginning of 1970.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the beginning of 1970.
    #[must_use]
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The same for the standard library; nothing if that cannot say it.
    #[must_use]
    pub fn system_time(self) -> Option<SystemTime> {
        let distance = Duration::from_millis(self.0.unsigned_abs());
        match self.0 {
            0.. => UNIX_EPOCH.checked_add(distance),
            _ => UNIX_EPOCH.checked_sub(distance),
        }
    }
}

impl From<SystemTime> for Timestamp {
    /// Rounded down to a millisecond. A time that does not fit is the first or last one that does.
    fn from(time: SystemTime) -> Self {
        let millis = |distance: Duration| i64::try_from(distance.as_millis()).unwrap_or(i64::MAX);
        match time.duration_since(UNIX_EPOCH) {
            Ok(after) => Self(millis(after)),
            Err(error) => {
                let before = error.duration();
                let rest = i64::from(before.subsec_nanos() % 1_000_000 > 0);
                Self((-millis(before)).saturating_sub(rest))
            }
        }
    }
}

impl From<Timestamp> for i64 {
    fn from(timestamp: Timestamp) -> Self {
        timestamp.0
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, later: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(later.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, earlier: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(earlier.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl fmt::Display for Timestamp {
    /// As RFC 3339 has it, in UTC.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.system_time() {
            Some(time) if (0..YEAR_10000).contains(&self.0) => {
                humantime::format_rfc3339_millis(time).fmt(f)
            }
            _ => write!(f, "{} ms since 1970", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn times_beyond_the_calendar_are_shown_as_numbers() {
        assert_eq!(Timestamp::from_millis(YEAR_10000 - 1).to_string(), "9999-12-31T23:59:59.999Z");
        for millis in [i64::MIN, -1, YEAR_10000, i64::MAX] {
            assert_eq!(Timestamp(millis).to_string(), format!("{millis} ms since 1970"));
        }
    }

    #[test]
    fn times_between_two_milliseconds_are_rounded_down_on_both_sides_of_1970() {
        let half = Duration::from_micros(1500);
        assert_eq!(Timestamp::from(UNIX_EPOCH + half), Timestamp(1));
        assert_eq!(Timestamp::from(UNIX_EPOCH - half), Timestamp(-2));
        assert_eq!(Timestamp(-1).as_seconds(), -1);
    }

    proptest! {
        #[test]
        fn the_way_over_the_standard_library_loses_nothing(millis: i64) {
            if let Some(time) = Timestamp(millis).system_time() {
                let back = Timestamp::from(time);
                prop_assert!(back == Timestamp(millis) || millis == i64::MIN);
            }
            let _ = Timestamp(millis).to_string();
        }
    }
}
