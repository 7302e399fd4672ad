//! What fleets, hosts and domains may be called: labels as RFC 1123 has them, in lower case.

use std::fmt;

/// The longest that a label may be.
pub const LONGEST_LABEL: usize = 63;

/// The longest that a domain may be, so that `<hostname>.<fleet>.<domain>` has the 253 characters
/// of a name in DNS at most.
pub const LONGEST_DOMAIN: usize = 253 - 2 * (LONGEST_LABEL + 1);

/// Why a text is no name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} {text} {fault}: expected {}", self.what.expected())]
pub struct BadName {
    what: What,
    text: Quoted,
    fault: Fault,
}

/// What a name is given to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A client's.
    Hostname,
    /// A fleet's.
    Fleet,
    /// What stands behind both.
    Domain,
}

/// What is wrong with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Empty,
    Long(usize),
    Character(char),
    Edge,
    EmptyLabel,
}

/// A text of anybody's, cut to what fits into a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Quoted(String);

/// Takes a label: letters, digits and hyphens. Capital letters become small ones, since DNS does
/// not tell them apart.
///
/// ```
/// use fleet::name::{What, label};
///
/// assert_eq!(label(What::Hostname, "Web-1").as_deref(), Ok("web-1"));
/// for wrong in ["", "a b", "a.b", "-a", "a-", "bücher", "../etc", &"x".repeat(64)] {
///     assert!(label(What::Hostname, wrong).is_err(), "{wrong}");
/// }
/// ```
///
/// # Errors
///
/// The text is no label.
pub fn label(what: What, text: &str) -> Result<String, BadName> {
    check_label(text).map(|()| text.to_ascii_lowercase()).map_err(|fault| BadName {
        what,
        text: Quoted(text.to_owned()),
        fault,
    })
}

/// Takes a domain: labels with dots between them, and perhaps one at the end.
///
/// # Errors
///
/// The text is no domain, or too long for hosts in it to have names.
pub fn domain(text: &str) -> Result<String, BadName> {
    let domain = text.strip_suffix('.').unwrap_or(text);
    let checked = match domain.len() {
        0 => Err(Fault::Empty),
        length if length > LONGEST_DOMAIN => Err(Fault::Long(length)),
        _ => domain.split('.').try_for_each(|label| match check_label(label) {
            Err(Fault::Empty) => Err(Fault::EmptyLabel),
            checked => checked,
        }),
    };
    checked.map(|()| domain.to_ascii_lowercase()).map_err(|fault| BadName {
        what: What::Domain,
        text: Quoted(text.to_owned()),
        fault,
    })
}

/// The name with a number behind it, shortened where it would not fit.
pub(crate) fn with_suffix(name: &str, number: u64) -> String {
    let suffix = format!("-{number}");
    let end = name.len().min(LONGEST_LABEL.saturating_sub(suffix.len()));
    // A name is ASCII, so every byte begins a character.
    format!("{}{suffix}", name.get(..end).unwrap_or(name))
}

/// Whether the name is the other one with a number behind it.
pub(crate) fn is_suffixed(name: &str, base: &str) -> bool {
    let number = name.rsplit_once('-').and_then(|(_, digits)| digits.parse::<u64>().ok());
    number.is_some_and(|number| number > 1 && with_suffix(base, number) == name)
}

fn check_label(text: &str) -> Result<(), Fault> {
    if text.is_empty() {
        return Err(Fault::Empty);
    }
    if let Some(wrong) = text.chars().find(|c| !c.is_ascii_alphanumeric() && *c != '-') {
        return Err(Fault::Character(wrong));
    }
    if text.len() > LONGEST_LABEL {
        return Err(Fault::Long(text.len()));
    }
    match text.starts_with('-') || text.ends_with('-') {
        true => Err(Fault::Edge),
        false => Ok(()),
    }
}

impl What {
    fn expected(self) -> &'static str {
        match self {
            Self::Hostname | Self::Fleet => {
                "1 to 63 letters, digits and hyphens of ASCII, with no hyphen at either end"
            }
            Self::Domain => {
                "labels of letters, digits and hyphens with dots between them, 125 characters at most"
            }
        }
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hostname => "hostname",
            Self::Fleet => "fleet",
            Self::Domain => "domain",
        })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty"),
            Self::Long(length) => write!(f, "has {length} characters"),
            Self::Character(wrong) => write!(f, "has the character {wrong:?}"),
            Self::Edge => f.write_str("begins or ends with a hyphen"),
            Self::EmptyLabel => f.write_str("has nothing between two dots"),
        }
    }
}

impl fmt::Display for Quoted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 80;
        match self.0.char_indices().nth(SHOWN) {
            Some((end, _)) => write!(f, "{:?}…", &self.0[..end]),
            None => write!(f, "{:?}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        label(What::Hostname, text).unwrap_err().to_string()
    }

    #[test]
    fn a_label_is_told_by_rfc_1123() {
        for good in ["a", "0", "web-1", "A--B", &"x".repeat(63)] {
            assert_eq!(label(What::Fleet, good).unwrap(), good.to_ascii_lowercase());
        }
        assert!(fault("").starts_with("hostname \"\" is empty: expected 1 to 63 letters"));
        assert!(fault("two words").contains("has the character ' '"));
        assert!(fault("a.b").contains("has the character '.'"));
        assert!(fault("../../etc").contains("has the character '.'"));
        assert!(fault("a/b").contains("has the character '/'"));
        assert!(fault("bücher").contains("has the character 'ü'"));
        assert!(fault("a\nb").contains("\"a\\nb\" has the character '\\n'"), "no line of its own");
        assert!(fault(&"x".repeat(64)).contains("has 64 characters"));
        assert!(fault("-a").contains("begins or ends with a hyphen"));
        assert!(fault(&"x".repeat(100_000)).len() < 300, "a long text is cut");
    }

    #[test]
    fn a_domain_is_labels_between_dots() {
        assert_eq!(domain("Example.ORG.").unwrap(), "example.org");
        assert_eq!(domain("internal").unwrap(), "internal");
        for bad in ["", ".", "a..b", ".a", "a b", "../x", "a.-b", &"abcd.".repeat(26)] {
            domain(bad).unwrap_err();
        }
        assert!(domain(&"abcd.".repeat(25)).is_ok(), "124 characters and a dot at the end");
    }

    #[test]
    fn a_suffix_never_makes_a_name_too_long() {
        assert_eq!(with_suffix("web", 2), "web-2");
        let long = "x".repeat(63);
        for number in [2, 10, 99_999] {
            let name = with_suffix(&long, number);
            assert_eq!(name.len(), 63);
            assert!(label(What::Hostname, &name).is_ok() && is_suffixed(&name, &long));
        }
    }

    #[test]
    fn a_suffixed_name_is_known_as_such() {
        assert!(is_suffixed("web-2", "web") && is_suffixed("web-1-17", "web-1"));
        for other in ["web", "web-1", "web-02", "web-x", "webb-2", "eb-2"] {
            assert!(!is_suffixed(other, "web"), "{other}");
        }
    }
}
