//! Which version of the application protocol to speak.

/// What came of the host's list and ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Negotiated {
    /// What to speak.
    pub version: u32,
    /// Whether the host does too.
    pub in_common: bool,
    /// The entries of its list that are not numbers, which deserve a line in the log.
    pub invalid: Vec<String>,
}

/// Picks the highest version that the host's list and ours have in common.
///
/// Without a list, or with nothing in common, it is the lowest of ours: the host then reads a
/// version in the handshake that it can name when it refuses it. (1 if we have none at all.)
#[must_use]
pub fn negotiate(text: Option<&str>, ours: &[u32]) -> Negotiated {
    let mut common = None;
    let mut invalid = Vec::new();
    for entry in text.filter(|text| !text.is_empty()).into_iter().flat_map(|text| text.split(',')) {
        // Signed and wide, as hosts read it: what is a number and none of ours is not invalid.
        match entry.trim().parse::<i64>() {
            Ok(number) => {
                let version = ours.iter().copied().find(|ours| i64::from(*ours) == number);
                common = common.max(version);
            }
            Err(_) => invalid.push(entry.to_owned()),
        }
    }
    let lowest = ours.iter().min().copied().unwrap_or(1);
    Negotiated { version: common.unwrap_or(lowest), in_common: common.is_some(), invalid }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: Option<&str>, ours: &[u32], version: u32, invalid: &[&str]) {
        let negotiated = negotiate(text, ours);
        assert_eq!(negotiated.version, version, "{text:?} and {ours:?}");
        assert_eq!(negotiated.invalid, invalid, "{text:?} and {ours:?}");
    }

    #[test]
    fn the_highest_common_version_is_picked_in_whatever_order_they_come() {
        check(Some("1"), &[1], 1, &[]);
        check(Some("2,3,1"), &[1, 2, 4], 2, &[]);
        check(Some("3,1,2"), &[4, 2, 1], 2, &[]);
        check(Some("1, 2"), &[1, 2], 2, &[]);
    }

    #[test]
    fn nothing_in_common_gives_our_lowest() {
        check(None, &[3, 2], 2, &[]);
        check(Some(""), &[3, 2], 2, &[]);
        check(Some("9"), &[3, 2], 2, &[]);
        check(Some("-1,99999999999"), &[1], 1, &[]);
        check(Some("7"), &[], 1, &[]);
    }

    #[test]
    fn entries_that_are_no_numbers_are_skipped_and_handed_back() {
        check(Some("x,2,,1.0"), &[1, 2], 2, &["x", "", "1.0"]);
    }

    proptest! {
        #[test]
        fn the_version_is_one_of_ours_for_any_text(
            text in "([0-9]{1,2},|.){0,20}",
            ours in prop::collection::vec(0_u32..20, 1..5),
        ) {
            prop_assert!(ours.contains(&negotiate(Some(&text), &ours).version));
        }
    }
}
