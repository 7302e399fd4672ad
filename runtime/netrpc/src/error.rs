//! What can go wrong with a session and with a call.

use std::fmt::Display;
use std::io;

use hookwright_gob::{DecodeError, EncodeError, Mismatch};
use thiserror::Error;

/// Why a stream cannot be opened, or a session has ended.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SessionError {
    /// The other side is gone, or has said that it takes no more streams.
    #[error("the session with the other side has ended")]
    Ended,
    /// The connection broke, or what came is not yamux.
    #[error("the session with the other side broke: {0}")]
    Broken(#[from] io::Error),
}

/// Why a call has no result.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum CallError {
    /// The other side answered with an error. The text is its own.
    #[error("{0}")]
    Server(String),
    /// The connection ended before the call was sent.
    #[error("nothing was sent: {0}")]
    Unsent(String),
    /// The connection ended before the answer came.
    #[error("the connection ended before the answer came: {0}")]
    Lost(String),
    /// The argument is not of the type that it is sent as. Nothing was sent.
    #[error("the argument cannot be sent: {0}")]
    Argument(EncodeError),
    /// The answer came, and cannot be read.
    #[error("the answer cannot be read: {0}")]
    Reply(DecodeError),
    /// The answer came, and is of a type that is not the wanted one. Whoever calls finds that.
    #[error("the answer cannot be read: {0}")]
    Type(Mismatch),
}

impl CallError {
    /// Whether the other side does not have this method, such as `Plugin.GetUser`. Go says so in a text
    /// alone.
    #[must_use]
    pub fn is_unknown_method(&self, method: &str) -> bool {
        matches!(self, Self::Server(text) if *text == unknown("method", method))
    }
}

/// The text for a service, or for a method of a service that there is.
pub(crate) fn unknown(what: &str, name: impl Display) -> String {
    format!("rpc: can't find {what} {name}")
}
