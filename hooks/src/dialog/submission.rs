//! The answer to a dialog, as it comes to the plugin's web side.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::config::fault_without_text;
use crate::http::Request;
use crate::{Error, Result};

/// More than any dialog or button sends.
const LARGEST: usize = 1024 * 1024;

/// The answer to a dialog.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default)]
#[derive(Default)]
pub struct Submission {
    /// Which dialog it is.
    pub callback_id: String,
    /// What the dialog was opened with.
    pub state: String,
    /// Who answered.
    pub user_id: String,
    /// Where the dialog was opened.
    pub channel_id: String,
    /// Where the dialog was opened.
    pub team_id: String,
    /// Whether it was cancelled.
    pub cancelled: bool,
    /// The inputs as they came, by name. [`Dialog::values`](super::Dialog::values) checks them.
    #[serde(rename = "submission")]
    pub inputs: Map<String, Value>,
}

impl Submission {
    /// Reads the answer out of a request.
    ///
    /// # Errors
    ///
    /// It is not one, or not of the user whose session the request came with: anyone can send a
    /// request to a plugin's page.
    pub async fn read(request: Request) -> Result<Self> {
        read(request, |submission: &Self| &submission.user_id).await
    }
}

/// Reads what a client sent about its own user.
pub(super) async fn read<T: DeserializeOwned>(
    request: Request,
    user_of: impl Fn(&T) -> &str,
) -> Result<T> {
    let session = request.headers().get("Mattermost-User-Id").cloned();
    let body = request.into_body().bytes(LARGEST).await?;
    let sent: T = serde_json::from_slice(&body).map_err(|fault| {
        Error::invalid(format!(
            "the request is not what was expected: {}",
            fault_without_text(&fault)
        ))
    })?;
    match session {
        Some(session) if session.as_bytes() == user_of(&sent).as_bytes() => Ok(sent),
        Some(_) => Err(Error::denied("the request is of another user than its session")),
        None => Err(Error::denied("the request has no session of a user")),
    }
}
