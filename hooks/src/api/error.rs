//! Why a call to the server failed.

use std::time::Duration;

use super::AppError;
use super::upload::LARGER_FILES;

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
    /// No connection could be made, so that the server knows nothing of the call.
    #[error("{method}: UNAVAILABLE: {message}; nothing was sent")]
    Unreachable {
        /// The method that was called.
        method: &'static str,
        /// Who cannot be reached, and why.
        message: String,
    },
    /// The server did not answer in time.
    #[error("{method}: no answer within {:.0} ms", after.as_secs_f64() * 1000.0)]
    Deadline {
        /// The method that was called.
        method: &'static str,
        /// How long was waited.
        after: Duration,
    },
    /// The server does not have this method: it is older than the method is.
    #[error("{method}: this server does not have the method")]
    Unsupported {
        /// The method that was called.
        method: &'static str,
    },
    /// The server has nothing for what one field of the request asks for. The call was not made, as it
    /// would have been another one.
    #[error("{method}: this server has nothing for {field}; the call can be made without it")]
    UnsupportedField {
        /// The method that was called.
        method: &'static str,
        /// The field, as `SearchParams.page`.
        field: String,
    },
    /// The call failed on its way, or the server ended it with a status instead of a reply.
    #[error("{method}: {code}: {message}")]
    Transport {
        /// The method that was called.
        method: &'static str,
        /// The kind of failure in the transport's own words, such as `UNAVAILABLE`.
        code: &'static str,
        /// What the transport says.
        message: String,
    },
    /// The request is larger than what the server receives. It was not sent.
    #[error(
        "{method}: the request has {size} bytes, and the server takes {limit} at most{}",
        way_out(method)
    )]
    RequestTooLarge {
        /// The method that was called.
        method: &'static str,
        /// The size of the encoded request.
        size: usize,
        /// What the server takes.
        limit: usize,
    },
    /// The reply is larger than what the plugin receives. The call was made.
    #[error(
        "{method}: the reply has more than {limit} bytes, the most that is received: {message}"
    )]
    ReplyTooLarge {
        /// The method that was called.
        method: &'static str,
        /// What is received at most.
        limit: usize,
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
    /// The method that was called, as the server names it.
    #[must_use]
    pub fn method(&self) -> &'static str {
        match self {
            Self::App { method, .. }
            | Self::NoTarget { method }
            | Self::Unreachable { method, .. }
            | Self::Deadline { method, .. }
            | Self::Unsupported { method }
            | Self::UnsupportedField { method, .. }
            | Self::Transport { method, .. }
            | Self::RequestTooLarge { method, .. }
            | Self::ReplyTooLarge { method, .. }
            | Self::BadReply { method, .. } => method,
        }
    }

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
        self.has_status(404)
    }

    /// Whether the server says that this is not allowed.
    #[must_use]
    pub fn is_permission_denied(&self) -> bool {
        self.has_status(403)
    }

    /// Whether the server says that something else is in the way, such as a name that is taken.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.has_status(409)
    }

    /// Whether the server says that the arguments make no sense to it.
    #[must_use]
    pub fn is_bad_request(&self) -> bool {
        self.has_status(400)
    }

    /// Whether the server does not have this method, or not in its edition, or nothing for what a field
    /// of the request asks for.
    #[must_use]
    pub fn is_unimplemented(&self) -> bool {
        let never_heard_of_it = matches!(
            self,
            Self::Unsupported { .. }
                | Self::UnsupportedField { .. }
                | Self::Transport { code: "UNIMPLEMENTED", .. }
        );
        self.has_status(501) || never_heard_of_it
    }

    /// Whether a request or a reply was larger than what can be sent, or stored.
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        self.has_status(413)
            || matches!(self, Self::RequestTooLarge { .. } | Self::ReplyTooLarge { .. })
    }

    /// Whether the time was up before an answer came. The call may have taken effect.
    #[must_use]
    pub fn is_deadline(&self) -> bool {
        matches!(self, Self::Deadline { .. })
    }

    /// Whether it is not what the server says, but how the call was carried: there is no server, it
    /// cannot be reached, it did not answer, or the call was lost.
    #[must_use]
    pub fn is_transport(&self) -> bool {
        matches!(
            self,
            Self::NoTarget { .. }
                | Self::Unreachable { .. }
                | Self::Deadline { .. }
                | Self::Transport { .. }
        )
    }

    /// Whether the server certainly knows nothing of the call, so that making it once more does
    /// nothing twice.
    #[must_use]
    pub fn is_unsent(&self) -> bool {
        matches!(
            self,
            Self::NoTarget { .. } | Self::Unreachable { .. } | Self::RequestTooLarge { .. }
        )
    }

    fn has_status(&self, status: i32) -> bool {
        self.app_error().is_some_and(|error| error.status_code == status)
    }
}

/// What else can be done about a request that is too large, where there is anything.
fn way_out(method: &str) -> String {
    match method {
        "UploadFile" => format!("; {LARGER_FILES}"),
        _ => String::new(),
    }
}
