//! Why something could not be read from the store, or written to it.

use std::any::type_name;
use std::time::Duration;

use crate::config::fault_without_text;
use crate::{ApiError, ErrorKind};

/// Why something could not be read from the store, or written to it.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum KvError {
    /// The key is not one that a plugin may use; nothing was sent.
    #[error("key `{key}`: {fault}")]
    Key {
        /// The key.
        key: String,
        /// What is wrong with it.
        fault: String,
    },
    /// The values are to expire at once, or so late that it cannot be said; nothing was sent.
    #[error("key `{key}`: the value is to expire {fault}")]
    Expiry {
        /// The key.
        key: String,
        /// What is wrong with the time.
        fault: &'static str,
    },
    /// The value cannot be written as JSON; nothing was sent.
    #[error("key `{key}`: a `{wanted}` cannot be written as JSON: {fault}")]
    Encode {
        /// The key.
        key: String,
        /// The type of the value.
        wanted: &'static str,
        /// What is wrong with it.
        fault: String,
    },
    /// What is stored is not of the type that was asked for. The text does not have the value.
    #[error("key `{key}`: what is stored is not a `{wanted}`: {fault}")]
    Decode {
        /// The key.
        key: String,
        /// The type that was asked for.
        wanted: &'static str,
        /// What serde says, and of which field.
        fault: String,
    },
    /// Others changed the value each time before it could be, until there was no time left.
    #[error("key `{key}`: others changed the value {attempts} times while it was being changed")]
    Contention {
        /// The key.
        key: String,
        /// How often it was tried.
        attempts: u32,
    },
    /// A mutex was not free until the handler's time was up.
    #[error("key `{key}`: the mutex was locked by others for {:.0} ms", after.as_secs_f64() * 1000.0)]
    Locked {
        /// The key.
        key: String,
        /// How long was waited.
        after: Duration,
    },
    /// A job cannot be cancelled while this node runs it.
    #[error("key `{key}`: the job is running on this node, and is over when it has run")]
    Running {
        /// The key.
        key: String,
    },
    /// The call to the server failed.
    #[error(transparent)]
    Api(#[from] ApiError),
}

impl KvError {
    pub(crate) fn encode<T: ?Sized>(key: &str, fault: String) -> Self {
        Self::Encode { key: key.to_owned(), wanted: type_name::<T>(), fault }
    }

    pub(super) fn decode<T>(
        key: &str,
        fault: serde_path_to_error::Error<serde_json::Error>,
    ) -> Self {
        let path = fault.path().to_string();
        // What is stored may be secret, and this goes into logs.
        let fault = fault_without_text(fault.inner());
        let fault = if path == "." { fault } else { format!("`{path}`: {fault}") };
        Self::Decode { key: key.to_owned(), wanted: type_name::<T>(), fault }
    }

    pub(crate) fn kind(&self) -> Option<ErrorKind> {
        match self {
            Self::Api(ApiError::Deadline { .. })
            | Self::Contention { .. }
            | Self::Locked { .. } => Some(ErrorKind::Late),
            _ => None,
        }
    }
}
