//! What is wrong with the settings, in words for whoever has to put it right.

use std::fmt;
use std::path::PathBuf;

use crate::goplugin::tls::BadCertificate;

/// The most of a wrong value, in characters, that is repeated in a message.
const SHOWN: usize = 200;

/// The settings cannot be used. Displays one line for each fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", lines(.faults))]
pub struct SettingsError {
    /// Everything that is wrong, never empty.
    pub faults: Vec<Fault>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A value that the setting cannot have.
    #[error("{place} is {shown}: expected {expected}")]
    Value {
        /// The variable, or the file, line and key.
        place: String,
        /// The value as it was written, in quotes if it is text.
        shown: String,
        /// What it has to be.
        expected: &'static str,
    },
    /// A value that is not text.
    #[error("{variable} is not text in UTF-8")]
    NotText {
        /// The variable.
        variable: &'static str,
    },
    /// A certificate that cannot be used. The value is not repeated: it may be a key by mistake.
    #[error("{variable}: {fault}")]
    Certificate {
        /// The variable.
        variable: &'static str,
        /// What is wrong with it.
        fault: BadCertificate,
    },
    /// Two ports that make no range.
    #[error(
        "PLUGIN_MIN_PORT is {} and PLUGIN_MAX_PORT is {}: expected both or neither, and the lower \
         one first",
        port(.min),
        port(.max)
    )]
    PortRange {
        /// The lower end, if it is set.
        min: Option<u16>,
        /// The upper end, if it is set.
        max: Option<u16>,
    },
    /// A file that cannot be used.
    #[error("{}{}: {problem}", path.display(), at(.line))]
    File {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1, if the fault has one.
        line: Option<usize>,
        /// What is wrong with it.
        problem: String,
    },
}

/// A text in quotes, on one line, and not longer than a line should be.
pub(crate) fn quoted(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{:?}...", &text[..end]),
        None => format!("{text:?}"),
    }
}

fn lines(faults: &[Fault]) -> String {
    faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("\n")
}

fn port(port: &Option<u16>) -> impl fmt::Display {
    port.map_or("unset".to_owned(), |port| port.to_string())
}

fn at(line: &Option<usize>) -> String {
    line.map(|line| format!(", line {line}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_value_is_cut_between_characters() {
        assert_eq!(quoted("a\nb"), r#""a\nb""#);
        assert_eq!(quoted(&"é".repeat(SHOWN)), format!("\"{}\"", "é".repeat(SHOWN)));
        assert_eq!(quoted(&"é".repeat(SHOWN + 1)), format!("\"{}\"...", "é".repeat(SHOWN)));
    }
}
