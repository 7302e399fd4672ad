//! Errors of handlers, and what they mean to the host.

use std::io;

use crate::kv::KvError;
use crate::{ApiError, AppError};

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
    /// The kind of any error: the first cause in its chain that says one. Where none does, it is
    /// [`Internal`](Self::Internal).
    ///
    /// | cause | kind |
    /// | --- | --- |
    /// | an [`Error`] | its own |
    /// | an [`AppError`], and [`ApiError::App`], which has the server's | that of the HTTP status: 400 is `Invalid`, 403 `Denied`, 404 `NotFound`, 429 `Exhausted`, 501 `Unimplemented`, 503 `Unavailable`, 504 `Late`, any other `Internal` |
    /// | [`ApiError::NoTarget`], [`ApiError::Unreachable`] | `Unavailable` |
    /// | [`ApiError::Deadline`] | `Late` |
    /// | [`ApiError::Transport`] | that of the gRPC status: INVALID_ARGUMENT is `Invalid`, PERMISSION_DENIED `Denied`, NOT_FOUND `NotFound`, RESOURCE_EXHAUSTED `Exhausted`, UNIMPLEMENTED `Unimplemented`, UNAVAILABLE `Unavailable`, DEADLINE_EXCEEDED `Late`, any other `Internal` |
    /// | any other [`ApiError`] | `Internal`: the plugin, or the server, made a mistake |
    /// | a [`KvError`] | that of the call that failed; `Late` where others were faster until the time was up |
    /// | an [`io::Error`] | that of its own kind: invalid input or data is `Invalid`, permission denied `Denied`, not found `NotFound`, unsupported `Unimplemented` |
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
        if let Some(error) = cause.downcast_ref::<ApiError>() {
            return Some(Self::of_call(error));
        }
        match cause.downcast_ref::<KvError>() {
            // It stands for the call's error, and is not in the chain beside it.
            Some(KvError::Api(error)) => return Some(Self::of_call(error)),
            Some(error) => return error.kind(),
            None => {}
        }
        match cause.downcast_ref::<io::Error>()?.kind() {
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => Some(Self::Invalid),
            io::ErrorKind::PermissionDenied => Some(Self::Denied),
            io::ErrorKind::NotFound => Some(Self::NotFound),
            io::ErrorKind::Unsupported => Some(Self::Unimplemented),
            _ => None,
        }
    }

    /// The kind that the failure of a call to the server has, when a handler passes it on.
    fn of_call(error: &ApiError) -> Self {
        match error {
            ApiError::App { error, .. } => Self::of_status(error.status_code),
            ApiError::NoTarget { .. } | ApiError::Unreachable { .. } => Self::Unavailable,
            // A call ends when the handler's time does, a moment before the handler.
            ApiError::Deadline { .. } => Self::Late,
            ApiError::Unsupported { .. } | ApiError::UnsupportedField { .. } => Self::Unimplemented,
            ApiError::Transport { code, .. } => Self::of_code(code),
            ApiError::RequestTooLarge { .. }
            | ApiError::ReplyTooLarge { .. }
            | ApiError::BadReply { .. } => Self::Internal,
        }
    }

    /// The kind that a code of gRPC stands for.
    fn of_code(code: &str) -> Self {
        match code {
            "INVALID_ARGUMENT" => Self::Invalid,
            "PERMISSION_DENIED" => Self::Denied,
            "NOT_FOUND" => Self::NotFound,
            "RESOURCE_EXHAUSTED" => Self::Exhausted,
            "UNIMPLEMENTED" => Self::Unimplemented,
            "UNAVAILABLE" => Self::Unavailable,
            "DEADLINE_EXCEEDED" => Self::Late,
            _ => Self::Internal,
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
    use std::time::Duration;

    use anyhow::Context as _;

    use super::*;
    use crate::api::UploadError;

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

    /// Each failure of a call, and the kind of a handler's error that it is passed on as.
    fn failed_calls() -> Vec<(ApiError, ErrorKind)> {
        let method = "GetUser";
        let message = String::new;
        let refused = |status, kind| {
            let error = Box::new(AppError::shown(status, "No."));
            (ApiError::App { method, error }, kind)
        };
        let ended = |code, kind| (ApiError::Transport { method, code, message: message() }, kind);
        vec![
            refused(400, ErrorKind::Invalid),
            refused(403, ErrorKind::Denied),
            refused(404, ErrorKind::NotFound),
            refused(409, ErrorKind::Internal),
            refused(429, ErrorKind::Exhausted),
            refused(500, ErrorKind::Internal),
            refused(501, ErrorKind::Unimplemented),
            refused(503, ErrorKind::Unavailable),
            refused(504, ErrorKind::Late),
            (ApiError::NoTarget { method }, ErrorKind::Unavailable),
            (ApiError::Unreachable { method, message: message() }, ErrorKind::Unavailable),
            (ApiError::Deadline { method, after: Duration::ZERO }, ErrorKind::Late),
            ended("INVALID_ARGUMENT", ErrorKind::Invalid),
            ended("PERMISSION_DENIED", ErrorKind::Denied),
            ended("NOT_FOUND", ErrorKind::NotFound),
            ended("RESOURCE_EXHAUSTED", ErrorKind::Exhausted),
            ended("UNIMPLEMENTED", ErrorKind::Unimplemented),
            ended("UNAVAILABLE", ErrorKind::Unavailable),
            ended("DEADLINE_EXCEEDED", ErrorKind::Late),
            ended("ABORTED", ErrorKind::Internal),
            (ApiError::RequestTooLarge { method, size: 2, limit: 1 }, ErrorKind::Internal),
            (ApiError::ReplyTooLarge { method, limit: 1, message: message() }, ErrorKind::Internal),
            (ApiError::BadReply { method, fault: message() }, ErrorKind::Internal),
        ]
    }

    #[test]
    fn a_failed_call_has_the_kind_of_what_became_of_it() {
        for (error, kind) in failed_calls() {
            let told = anyhow::Error::new(error.clone()).context("while greeting");
            assert_eq!(ErrorKind::of(&told), kind, "{error:?}");
            let told = anyhow::Error::new(KvError::Api(error.clone()));
            assert_eq!(ErrorKind::of(&told), kind, "{error:?} of the store");
            let told = anyhow::Error::new(UploadError::Api { offset: 7, error: error.clone() });
            assert_eq!(ErrorKind::of(&told), kind, "{error:?} of an upload");
        }
    }

    #[test]
    fn anything_else_is_internal() {
        assert_eq!(ErrorKind::of(&anyhow::anyhow!("boom")), ErrorKind::Internal);
    }
}
