//! Errors of handlers, and what they mean to the host.

use std::io;

use crate::kv::KvError;
use crate::{ApiError, AppError, BotError};

/// What a handler returns when it may fail. Any error can be returned with `?`; one made with the
/// constructors of [`Error`] tells the host what kind of failure it was.
pub type Result<T, E = anyhow::Error> = std::result::Result<T, E>;

/// A failure with a kind. The constructors make an [`anyhow::Error`] of it, which is what a handler
/// returns.
///
/// ```
/// use hookwright::{Error, ErrorKind, Result};
///
/// fn parse_limit(text: &str) -> Result<u32> {
///     text.parse().map_err(|_| Error::invalid(format!("`{text}` is not a number")))
/// }
///
/// let error = parse_limit("many").unwrap_err();
/// assert_eq!(ErrorKind::of(&error), ErrorKind::Invalid);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    kind: ErrorKind,
    message: String,
}

impl Error {
    /// What the caller gave is wrong: INVALID_ARGUMENT, 400.
    pub fn invalid(message: impl Into<String>) -> anyhow::Error {
        Self { kind: ErrorKind::Invalid, message: message.into() }.into()
    }

    /// The caller may not do this: PERMISSION_DENIED, 403.
    pub fn denied(message: impl Into<String>) -> anyhow::Error {
        Self { kind: ErrorKind::Denied, message: message.into() }.into()
    }

    /// There is no such thing: NOT_FOUND, 404.
    pub fn not_found(message: impl Into<String>) -> anyhow::Error {
        Self { kind: ErrorKind::NotFound, message: message.into() }.into()
    }

    /// The plugin does not do this: UNIMPLEMENTED, 501.
    pub fn unimplemented(message: impl Into<String>) -> anyhow::Error {
        Self { kind: ErrorKind::Unimplemented, message: message.into() }.into()
    }
}

/// What kind of failure an error is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// See [`Error::invalid`].
    Invalid,
    /// See [`Error::denied`].
    Denied,
    /// See [`Error::not_found`].
    NotFound,
    /// See [`Error::unimplemented`].
    Unimplemented,
    /// There is too much to do: RESOURCE_EXHAUSTED, 429.
    Exhausted,
    /// It cannot be done now: UNAVAILABLE, 503.
    Unavailable,
    /// A time limit passed: DEADLINE_EXCEEDED, 504.
    Late,
    /// Anything else: INTERNAL, 500.
    Internal,
}

impl ErrorKind {
    /// The kind of any error: the first cause in its chain that says one, which is an [`Error`], an
    /// [`AppError`] by its status, an [`ApiError`] that came of a passed time limit, or an
    /// [`io::Error`] whose kind has a counterpart here.
    #[must_use]
    pub fn of(error: &anyhow::Error) -> Self {
        error.chain().find_map(Self::of_cause).unwrap_or(Self::Internal)
    }

    fn of_cause(cause: &(dyn std::error::Error + 'static)) -> Option<Self> {
        if let Some(error) = cause.downcast_ref::<Error>() {
            return Some(error.kind);
        }
        if let Some(error) = cause.downcast_ref::<AppError>() {
            return Some(Self::of_status(error.status_code));
        }
        // A call to the server ends when the handler's time does, a moment before the handler.
        if let Some(ApiError::Deadline { .. }) = cause.downcast_ref() {
            return Some(Self::Late);
        }
        if let Some(error) = cause.downcast_ref::<KvError>() {
            return error.kind();
        }
        if let Some(error) = cause.downcast_ref::<BotError>() {
            return error.kind();
        }
        match cause.downcast_ref::<io::Error>()?.kind() {
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => Some(Self::Invalid),
            io::ErrorKind::PermissionDenied => Some(Self::Denied),
            io::ErrorKind::NotFound => Some(Self::NotFound),
            io::ErrorKind::Unsupported => Some(Self::Unimplemented),
            _ => None,
        }
    }

    /// The kind that an HTTP status stands for.
    fn of_status(status: i32) -> Self {
        match status {
            400 => Self::Invalid,
            403 => Self::Denied,
            404 => Self::NotFound,
            429 => Self::Exhausted,
            501 => Self::Unimplemented,
            503 => Self::Unavailable,
            504 => Self::Late,
            _ => Self::Internal,
        }
    }
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    #[test]
    fn the_kind_is_found_below_added_context() {
        let error = Error::denied("no").context("while deleting");
        assert_eq!(ErrorKind::of(&error), ErrorKind::Denied);
    }

    #[test]
    fn io_errors_have_the_kind_of_their_own_kind() {
        let read = std::fs::read("/nonexistent/file").context("reading");
        assert_eq!(ErrorKind::of(&read.unwrap_err()), ErrorKind::NotFound);
    }

    #[test]
    fn anything_else_is_internal() {
        assert_eq!(ErrorKind::of(&anyhow::anyhow!("boom")), ErrorKind::Internal);
    }
}
