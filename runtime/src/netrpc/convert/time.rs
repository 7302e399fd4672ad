//! `time.Time`, as it writes itself.

use bytes::Bytes;
use jiff::Timestamp;

/// Seconds from the first year of our era to the epoch of Unix.
const EPOCH: i64 = 62_135_596_800;

/// Reads a moment. In what zone the sender was does not matter.
pub(super) fn read(bytes: &[u8]) -> Option<Timestamp> {
    let (version, rest) = bytes.split_first()?;
    if !matches!(version, 1 | 2) {
        return None;
    }
    let (seconds, rest) = rest.split_first_chunk()?;
    let (nanos, _zone) = rest.split_first_chunk()?;
    let seconds = i64::from_be_bytes(*seconds).checked_sub(EPOCH)?;
    Timestamp::new(seconds, i32::from_be_bytes(*nanos)).ok()
}

/// Writes a moment, in UTC.
pub(super) fn write(moment: Timestamp) -> Bytes {
    // Before 1970 the nanoseconds of a `Timestamp` count backwards, and Go's never do.
    let nanos = moment.subsec_nanosecond();
    let (seconds, nanos) = match nanos < 0 {
        true => (moment.as_second() - 1, nanos + 1_000_000_000),
        false => (moment.as_second(), nanos),
    };
    let mut bytes = vec![1];
    bytes.extend((seconds + EPOCH).to_be_bytes());
    bytes.extend(nanos.to_be_bytes());
    bytes.extend([0xff, 0xff]);
    bytes.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_they_were_written() {
        for text in
            ["1970-01-01T00:00:00Z", "2026-09-01T12:34:56.123456789Z", "1969-12-31T23:59:59.5Z"]
        {
            let moment: Timestamp = text.parse().unwrap();
            assert_eq!(read(&write(moment)), Some(moment), "{text}");
        }
        assert_eq!(read(b""), None);
        assert_eq!(read(&[9; 15]), None);
    }
}
