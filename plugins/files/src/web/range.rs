//! A download of which a part may be asked for (RFC 9110, section 14).

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http_range_header::{
    EndPosition, RangeUnsatisfiableError, StartPosition, SyntacticallyCorrectRange,
    parse_range_header,
};

use crate::content::fingerprint;

/// What a request asks for.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Whole,
    /// From a byte on, up to another and without it.
    Part(usize, usize),
    /// Nothing that there is.
    Nothing,
}

/// Answers with the whole, or with the one part that is asked for.
pub(super) fn answer(whole: Bytes, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", fingerprint(&whole));
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    // A part of what has changed meanwhile does not fit the parts that the client has.
    let is_same = text(header::IF_RANGE).is_none_or(|known| known == tag);
    let range = text(header::RANGE).filter(|_| is_same);
    let length = whole.len();
    let about = [(header::ACCEPT_RANGES, "bytes".to_owned()), (header::ETAG, tag)];
    match range.map_or(Wanted::Whole, |range| wanted(range, length)) {
        Wanted::Whole => (about, whole).into_response(),
        Wanted::Part(start, end) => {
            let place = format!("bytes {start}-{}/{length}", end - 1);
            let place = [(header::CONTENT_RANGE, place)];
            (StatusCode::PARTIAL_CONTENT, about, place, whole.slice(start..end)).into_response()
        }
        Wanted::Nothing => {
            let place = [(header::CONTENT_RANGE, format!("bytes */{length}"))];
            (StatusCode::RANGE_NOT_SATISFIABLE, about, place).into_response()
        }
    }
}

/// A header that cannot be read, or asks for several parts, is answered with the whole, as a server
/// may do.
fn wanted(range: &str, length: usize) -> Wanted {
    let parsed = match parse_range_header(range) {
        Ok(parsed) => parsed,
        Err(RangeUnsatisfiableError::ZeroSuffix) => return Wanted::Nothing,
        Err(_) => return Wanted::Whole,
    };
    let [SyntacticallyCorrectRange { start, end }] = parsed.ranges[..] else {
        return Wanted::Whole;
    };
    let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let start = match start {
        StartPosition::Index(start) => size(start),
        StartPosition::FromLast(count) => length.saturating_sub(size(count)),
    };
    let end = match end {
        EndPosition::Index(last) if size(last) < start => return Wanted::Whole,
        EndPosition::Index(last) => size(last).saturating_add(1).min(length),
        EndPosition::LastByte => length,
    };
    if start < end { Wanted::Part(start, end) } else { Wanted::Nothing }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_a_part_of_what_there_is() {
        for (range, part) in [
            ("bytes=0-3", Wanted::Part(0, 4)),
            ("bytes=4-", Wanted::Part(4, 10)),
            ("bytes=-3", Wanted::Part(7, 10)),
            ("bytes=-30", Wanted::Part(0, 10)),
            ("bytes=9-18446744073709551615", Wanted::Part(9, 10)),
            ("bytes=10-", Wanted::Nothing),
            ("bytes=10-12", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
        ] {
            assert_eq!(wanted(range, 10), part, "{range}");
        }
    }

    #[test]
    fn what_cannot_be_read_and_several_ranges_get_the_whole() {
        for range in ["", "bytes", "bytes=", "lines=0-3", "bytes=a-b", "bytes=3-0", "bytes=0-1,3-4"]
        {
            assert_eq!(wanted(range, 10), Wanted::Whole, "{range}");
        }
    }
}
