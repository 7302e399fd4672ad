//! Failures as gRPC statuses, and the caller's deadline as gRPC writes it.

use std::time::Duration;

use http::{HeaderMap, HeaderValue};
use tokio::time::Instant;
use tonic::Status;
use tonic::body::Body;

use crate::failure::{Code, Failure};

impl From<Failure> for Status {
    fn from(failure: Failure) -> Self {
        let code = match failure.code {
            Code::InvalidArgument => tonic::Code::InvalidArgument,
            Code::DeadlineExceeded => tonic::Code::DeadlineExceeded,
            Code::NotFound => tonic::Code::NotFound,
            Code::PermissionDenied => tonic::Code::PermissionDenied,
            Code::ResourceExhausted => tonic::Code::ResourceExhausted,
            Code::Unimplemented => tonic::Code::Unimplemented,
            Code::Internal => tonic::Code::Internal,
            Code::Unavailable => tonic::Code::Unavailable,
        };
        Self::new(code, failure.text)
    }
}

/// When a caller gives up that waits so long from now on. It is read off when the head of a call is
/// there: its body may take a while.
pub(super) fn given_up_at(headers: &HeaderMap) -> Option<Instant> {
    caller_limit(headers).and_then(|limit| Instant::now().checked_add(limit))
}

/// How long a caller still waits that gives up then.
pub(super) fn left_until(given_up_at: Option<Instant>) -> Option<Duration> {
    given_up_at.map(|at| at.saturating_duration_since(Instant::now()))
}

/// How long the caller waits, from the `grpc-timeout` header: up to eight digits and a unit, as the
/// gRPC protocol has it. What is not of that form sets no limit, as in every gRPC server.
fn caller_limit(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get("grpc-timeout")?.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(number * 3600),
        "M" => Duration::from_secs(number * 60),
        "S" => Duration::from_secs(number),
        "m" => Duration::from_millis(number),
        "u" => Duration::from_micros(number),
        "n" => Duration::from_nanos(number),
        _ => return None,
    })
}

/// Whether a request was refused because it is above the limit.
pub(super) fn is_too_large(response: &http::Response<Body>) -> bool {
    // Nothing of ours answers OUT_OF_RANGE.
    response.headers().get("grpc-status").is_some_and(|status| status == "11")
}

/// tonic answers a request above the limit with OUT_OF_RANGE where other implementations of gRPC,
/// and so hosts, have RESOURCE_EXHAUSTED. Nothing of ours answers OUT_OF_RANGE.
pub(super) fn too_large_is_resource_exhausted(response: &mut http::Response<Body>) {
    if let Some(status) = response.headers_mut().get_mut("grpc-status")
        && *status == "11"
    {
        *status = HeaderValue::from_static("8");
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn limit_of(text: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert("grpc-timeout", text.parse().ok()?);
        caller_limit(&headers)
    }

    #[test]
    fn every_unit_of_the_protocol_is_read() {
        for (text, limit) in [
            ("2H", Duration::from_secs(7200)),
            ("3M", Duration::from_secs(180)),
            ("42S", Duration::from_secs(42)),
            ("13m", Duration::from_millis(13)),
            ("2u", Duration::from_micros(2)),
            ("82n", Duration::from_nanos(82)),
            ("99999999H", Duration::from_secs(99_999_999 * 3600)),
        ] {
            assert_eq!(limit_of(text), Some(limit), "{text}");
        }
    }

    #[test]
    fn what_is_not_of_the_protocols_form_sets_no_limit() {
        for text in ["", "S", "1", "123456789S", "-1S", "1.5S", "1s", "1 S", "+1S"] {
            assert_eq!(limit_of(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn no_header_makes_it_panic(text in ".*") {
            let _ = limit_of(&text);
        }
    }
}
