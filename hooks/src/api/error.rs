//! Why a call to the server failed.

use std::time::Duration;

use super::AppError;

/// Why a call to the server failed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ApiError {
    /// The server answered with an error.
    #[error("{method}: {error}")]
    App {
        /// The method that was called.
        method: &'static str,
        /// What the server says.
        error: Box<AppError>,
    },
    /// There is no server to call.
    #[error(
        "{method}: there is no server to call; MATTERMOST_PLUGIN_API_TARGET is set by the host that starts the plugin, and it is not set here"
    )]
    NoTarget {
        /// The method that was called.
        method: &'static str,
    },
    /// The server did not answer in time.
    #[error("{method}: no answer within {:.0} ms", after.as_secs_f64() * 1000.0)]
    Deadline {
        /// The method that was called.
        method: &'static str,
        /// How long was waited.
        after: Duration,
    },
    /// The call did not get through, or no reply came back.
    #[error("{method}: {code}: {message}")]
    Transport {
        /// The method that was called.
        method: &'static str,
        /// The kind of failure in the transport's own words, such as `UNAVAILABLE`.
        code: &'static str,
        /// What the transport says.
        message: String,
    },
    /// The reply is not what the method is declared to reply.
    #[error("{method}: the server's reply {fault}")]
    BadReply {
        /// The method that was called.
        method: &'static str,
        /// What is wrong with it.
        fault: String,
    },
}

impl ApiError {
    /// What the server says, if it was the server that refused.
    #[must_use]
    pub fn app_error(&self) -> Option<&AppError> {
        match self {
            Self::App { error, .. } => Some(error),
            _ => None,
        }
    }

    /// Whether the server says that there is no such thing.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.app_error().is_some_and(|error| error.status_code == 404)
    }
}
