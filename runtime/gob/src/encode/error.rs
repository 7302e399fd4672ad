//! Why a value cannot be written, and where.

use std::fmt;

use thiserror::Error;

/// A value that is not of the type that it was to be written as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodeError {
    fault: EncodeFault,
    /// The innermost step first.
    steps: Vec<String>,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EncodeFault {
    /// A value of another sort.
    #[error("a value of the sort {found}, where {expected} was expected")]
    Mismatch {
        /// The sort of the value.
        found: &'static str,
        /// The type.
        expected: String,
    },
    /// A field that the type does not have.
    #[error("a field {field:?}, which {expected} does not have")]
    NoSuchField {
        /// The name of the field.
        field: String,
        /// The type.
        expected: String,
    },
    /// An array of another length than its type's.
    #[error("an array of {found} elements, where {expected} were expected")]
    ArrayLength {
        /// The length of the value.
        found: usize,
        /// The length of the type.
        expected: u64,
    },
    /// A type that is declared, or mentioned on a stream, and not defined.
    #[error("a type that is not defined")]
    Undefined,
    /// The name of an interface's type, which Go would refuse.
    #[error("an interface whose type has a name of {length} bytes, where 1 to 1024 were expected")]
    Name {
        /// The bytes of the name.
        length: usize,
    },
    /// A value in which others stand too deep.
    #[error("a value nested deeper than {limit} levels")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
}

impl EncodeError {
    pub(super) fn within(mut self, step: impl FnOnce() -> String) -> Self {
        // A path as deep as the value would say no more.
        if self.steps.len() < 64 {
            self.steps.push(step());
        }
        self
    }

    /// What is wrong.
    #[must_use]
    pub fn fault(&self) -> &EncodeFault {
        &self.fault
    }

    /// Where in the value: fields, elements and keys, from the outermost. It is empty if the value
    /// itself is meant.
    #[must_use]
    pub fn path(&self) -> String {
        let path: String = self.steps.iter().rev().map(String::as_str).collect();
        path.strip_prefix('.').map_or_else(|| path.clone(), str::to_owned)
    }
}

impl From<EncodeFault> for EncodeError {
    fn from(fault: EncodeFault) -> Self {
        Self { fault, steps: Vec::new() }
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "gob: {}", self.fault)?;
        match self.path().as_str() {
            "" => Ok(()),
            path => write!(f, ", in {path}"),
        }
    }
}

impl std::error::Error for EncodeError {}
