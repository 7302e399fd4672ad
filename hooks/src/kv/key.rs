//! Which keys a plugin may use, and for how long: what the server would refuse is not sent.

use std::time::Duration;

use super::KvError;

/// How many characters a key may have.
pub const LONGEST_KEY: usize = 150;

/// What keys begin with in which the server and its Go library keep notes of their own.
pub(super) const INTERNAL: &str = "mmi_";

pub(crate) fn check(key: &str) -> Result<(), KvError> {
    let length = key.chars().count();
    let fault = if length == 0 {
        "a key has at least one character".to_owned()
    } else if length > LONGEST_KEY {
        format!("it has {length} characters, and the server takes {LONGEST_KEY} at most")
    } else if key.starts_with(INTERNAL) {
        format!("keys that begin with `{INTERNAL}` are the server's own")
    } else {
        return Ok(());
    };
    Err(KvError::Key { key: key.to_owned(), fault })
}

/// A time as the server takes it, rounded up. 0 would be for ever.
pub(super) fn seconds(key: &str, after: Duration) -> Result<i64, KvError> {
    let fault = |fault| KvError::Expiry { key: key.to_owned(), fault };
    if after.is_zero() {
        return Err(fault("at once"));
    }
    let whole = after.as_secs().saturating_add(u64::from(after.subsec_nanos() > 0));
    // The server adds it to the time of day, in milliseconds.
    match i64::try_from(whole) {
        Ok(whole) if whole <= i64::MAX / 2000 => Ok(whole),
        _ => Err(fault("later than the server can count")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_and_not_bytes() {
        assert_eq!(check(&"ü".repeat(150)), Ok(()));
        let fault = check(&"a".repeat(151)).unwrap_err().to_string();
        assert!(
            fault.ends_with("it has 151 characters, and the server takes 150 at most"),
            "{fault}"
        );
    }

    #[test]
    fn empty_keys_and_those_of_the_server_are_refused() {
        assert!(check("").is_err());
        assert!(check("mmi_botid").is_err());
        assert_eq!(check("mm"), Ok(()));
    }

    #[test]
    fn parts_of_a_second_count_as_one_and_no_time_is_refused() {
        assert_eq!(seconds("k", Duration::from_millis(1)), Ok(1));
        assert_eq!(seconds("k", Duration::from_secs(60)), Ok(60));
        assert!(seconds("k", Duration::ZERO).is_err());
        assert!(seconds("k", Duration::MAX).is_err());
    }
}
