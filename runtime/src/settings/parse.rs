//! From the text of a setting to its value. `None` means that the text is not what was expected;
//! the row of the setting says what that is.

use std::net::Ipv6Addr;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::{ListenOn, Rpc};
use crate::connect::Target;
use crate::log::LogTo;

/// Seconds, with decimals if need be.
pub(super) fn seconds(text: &str) -> Option<Duration> {
    const MOST: f64 = 86_400.0;
    let seconds: f64 = text.parse().ok()?;
    if !(seconds > 0.0 && seconds <= MOST) {
        return None; // Not a number is neither above nor below anything, and ends here too.
    }
    // What is above 0 may still be less than a nanosecond.
    Duration::try_from_secs_f64(seconds).ok().filter(|time| !time.is_zero())
}

/// A time with its unit, such as `500ms`.
pub(super) fn duration(text: &str) -> Option<Duration> {
    humantime::parse_duration(text).ok()
}

/// A time above zero and not above this.
pub(super) fn duration_up_to(text: &str, most: Duration) -> Option<Duration> {
    duration(text).filter(|time| !time.is_zero() && *time <= most)
}

/// A whole number of a range.
pub(super) fn within(text: &str, range: RangeInclusive<usize>) -> Option<usize> {
    whole_number(text).filter(|number| range.contains(number))
}

/// `on` is true.
pub(super) fn on_or_off(text: &str) -> Option<bool> {
    match text {
        "on" => Some(true),
        "off" => Some(false),
        _ => None,
    }
}

/// Who may read the metrics, in a word.
pub(super) enum Metrics {
    On,
    Off,
    Public,
}

pub(super) fn metrics(text: &str) -> Option<Metrics> {
    match text {
        "on" => Some(Metrics::On),
        "off" => Some(Metrics::Off),
        "public" => Some(Metrics::Public),
        _ => None,
    }
}

/// The ways in which Go writes a bool.
pub(crate) fn go_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// Digits only: `FromStr` of numbers takes a sign too.
pub(super) fn whole_number<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// `host:port`, `http://host:port` or `unix:/path`.
pub(super) fn target(text: &str) -> Option<Target> {
    let fits = match text.strip_prefix("unix:") {
        Some(path) => path.starts_with('/') && !path.ends_with('/'),
        None => is_host_and_port(text.strip_prefix("http://").unwrap_or(text)),
    };
    fits.then(|| text.parse().ok())?
}

/// `Some(None)` is `auto`.
pub(super) fn log_to(text: &str) -> Option<Option<LogTo>> {
    match text {
        "auto" => Some(None),
        "stderr" => Some(Some(LogTo::Stderr)),
        "api" => Some(Some(LogTo::Api)),
        "both" => Some(Some(LogTo::Both)),
        _ => None,
    }
}

/// `Some(None)` is `auto`.
pub(super) fn rpc(text: &str) -> Option<Option<Rpc>> {
    match text {
        "auto" => Some(None),
        "grpc" => Some(Some(Rpc::Grpc)),
        "netrpc" => Some(Some(Rpc::NetRpc)),
        _ => None,
    }
}

/// `Some(None)` is `auto`.
pub(super) fn listen_on(text: &str) -> Option<Option<ListenOn>> {
    match text {
        "auto" => Some(None),
        "tcp" => Some(Some(ListenOn::Tcp)),
        "unix" => Some(Some(ListenOn::Unix)),
        _ => None,
    }
}

/// Whether this can be connected to over TCP: a name or an address, and a port.
pub(crate) fn is_host_and_port(text: &str) -> bool {
    let Some((host, port)) = text.rsplit_once(':') else {
        return false;
    };
    let host_fits = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => {
            let in_name = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
            !host.is_empty() && host.bytes().all(in_name)
        }
    };
    host_fits && whole_number::<u16>(port).is_some_and(|port| port > 0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn seconds_are_above_zero_and_up_to_a_day() {
        assert_eq!(seconds("30"), Some(Duration::from_secs(30)));
        assert_eq!(seconds("2.5"), Some(Duration::from_millis(2500)));
        assert_eq!(seconds("86400"), Some(Duration::from_secs(86_400)));
        for text in ["abc", "-1", "1e99", "1e-99", "0", "-0", "NaN", "inf", "30s", " ", "86400.1"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn a_time_needs_its_unit() {
        assert_eq!(duration("500ms"), Some(Duration::from_millis(500)));
        assert_eq!(duration("1m 30s"), Some(Duration::from_secs(90)));
        for text in ["500", "-1s", "soon", "", "99999999999999y"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn a_whole_number_is_digits() {
        assert_eq!(whole_number::<u16>("65535"), Some(65_535));
        for text in ["", "+1", "-1", "1.0", " 1", "65536", "0x10", "१"] {
            assert_eq!(whole_number::<u16>(text), None, "{text}");
        }
    }

    #[test]
    fn a_target_is_something_to_connect_to() {
        for (text, means) in [
            ("127.0.0.1:50051", "127.0.0.1:50051"),
            ("localhost:1", "localhost:1"),
            ("api_server.example.com:65535", "api_server.example.com:65535"),
            ("[::1]:8065", "[::1]:8065"),
            ("http://127.0.0.1:50051", "127.0.0.1:50051"),
            ("unix:/run/api.sock", "unix:/run/api.sock"),
            ("unix:///run/api.sock", "unix:/run/api.sock"),
        ] {
            assert_eq!(target(text).map(|target| target.to_string()).as_deref(), Some(means));
        }
        for text in [
            "localhost",
            ":50051",
            "localhost:",
            "localhost:0",
            "localhost:65536",
            "localhost:+1",
            "::1:8065",
            "[::1",
            "[nonsense]:1",
            "https://localhost:1",
            "http://",
            "http://localhost:1/path",
            "unix:",
            "unix:/",
            "unix:relative.sock",
            "two words:1",
        ] {
            assert_eq!(target(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_parsing_panic(text in ".*", digits in "[-+0-9.e:]{0,40}[a-z]{0,2}") {
            for text in [&text, &digits] {
                let _ = (seconds(text), duration(text), whole_number::<usize>(text), target(text));
            }
        }
    }
}
