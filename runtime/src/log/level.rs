//! The levels that hclog knows.

use std::fmt;
use std::str::FromStr;

use tracing::level_filters::LevelFilter;

/// How much a record matters. The order is from the least to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Every step, for whoever debugs the runtime itself.
    Trace,
    /// What helps to find a fault.
    Debug,
    /// What an operator wants to know.
    Info,
    /// Something went wrong and was coped with.
    Warn,
    /// Something failed.
    Error,
}

impl Level {
    /// Every level, from the least to the most.
    pub const ALL: [Self; 5] = [Self::Trace, Self::Debug, Self::Info, Self::Warn, Self::Error];

    /// The word that hclog writes for this level.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Trace => "trace",
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Level {
    type Err = ParseLevelError;

    /// Takes hclog's words in any case, and the words that Python's `logging` has instead.
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let is = |name: &str| word.eq_ignore_ascii_case(name);
        if is("warning") {
            return Ok(Self::Warn);
        }
        if is("critical") || is("fatal") {
            return Ok(Self::Error);
        }
        Self::ALL
            .into_iter()
            .find(|level| is(level.as_str()))
            .ok_or_else(|| ParseLevelError(word.to_owned()))
    }
}

impl From<tracing::Level> for Level {
    fn from(level: tracing::Level) -> Self {
        match level {
            tracing::Level::TRACE => Self::Trace,
            tracing::Level::DEBUG => Self::Debug,
            tracing::Level::INFO => Self::Info,
            tracing::Level::WARN => Self::Warn,
            tracing::Level::ERROR => Self::Error,
        }
    }
}

impl From<Level> for LevelFilter {
    fn from(level: Level) -> Self {
        match level {
            Level::Trace => Self::TRACE,
            Level::Debug => Self::DEBUG,
            Level::Info => Self::INFO,
            Level::Warn => Self::WARN,
            Level::Error => Self::ERROR,
        }
    }
}

/// A word that is no log level.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown log level `{0}`: expected trace, debug, info, warn or error")]
pub struct ParseLevelError(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_reads_back_what_it_displays() {
        for level in Level::ALL {
            assert_eq!(level.to_string().parse(), Ok(level));
            assert_eq!(level.to_string().to_uppercase().parse(), Ok(level));
        }
    }

    #[test]
    fn the_words_of_python_are_understood() {
        assert_eq!("WARNING".parse(), Ok(Level::Warn));
        assert_eq!("critical".parse(), Ok(Level::Error));
        assert_eq!("Fatal".parse(), Ok(Level::Error));
    }

    #[test]
    fn an_unknown_word_is_answered_with_what_was_expected() {
        let fault = "loud".parse::<Level>().unwrap_err().to_string();
        assert_eq!(fault, "unknown log level `loud`: expected trace, debug, info, warn or error");
        assert!("".parse::<Level>().is_err());
    }

    #[test]
    fn error_matters_most() {
        assert!(Level::ALL.is_sorted());
        assert_eq!(Level::ALL.into_iter().max(), Some(Level::Error));
    }
}
