//! Why a call to the server failed.

use std::time::Duration;

use crate::proto;

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

/// An error of the server.
#[derive(Debug, Clone, PartialEq, Eq, Default, thiserror::Error)]
#[error("{}", self.text())]
pub struct AppError {
    /// A key of the server's translations, such as `app.user.missing_account.const`.
    pub id: String,
    /// The message for a person.
    pub message: String,
    /// Details for an administrator.
    pub details: String,
    /// The HTTP status.
    pub status_code: i32,
    /// The function of the server where it came up.
    pub place: String,
}

impl AppError {
    fn text(&self) -> String {
        let message = if self.message.is_empty() { &self.id } else { &self.message };
        let details = match self.details.as_str() {
            "" => String::new(),
            details if details == message => String::new(),
            details => format!(", {details}"),
        };
        format!("{message}{details} (status {})", self.status_code)
    }
}

impl From<proto::AppError> for AppError {
    fn from(error: proto::AppError) -> Self {
        Self {
            id: error.id,
            message: error.message,
            details: error.detailed_error,
            status_code: error.status_code,
            place: error.r#where,
        }
    }
}
