//! The error that host and plugin say to each other.

use serde_json::{Map, Value};

use crate::proto;
use crate::structs::{json_of, struct_of};

/// An error as Mattermost has it: what the server answers, and what a handler may answer.
///
/// A handler's error is put into words by the runtime; one that returns an `AppError` says each
/// field itself, and they reach the host as they are. The host keeps the id, the parameters, the
/// details, the status and the place. The text that is shown is its translation of the id or, where
/// it has none, the id itself: a text of one's own belongs there, and [`AppError::shown`] puts it
/// there.
///
/// ```
/// use hookwright::AppError;
/// use hookwright::prelude::*;
///
/// hookwright::plugin! { id: "com.example.poll" }
///
/// #[hook]
/// fn execute_command(_cx: &Context, args: CommandArgs) -> Result<Option<CommandResponse>> {
///     if args.command == "/poll" {
///         return Err(AppError::shown(400, "A poll needs a question.").into());
///     }
///     Ok(None)
/// }
/// # fn main() {}
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, thiserror::Error)]
#[error("{}", self.text())]
pub struct AppError {
    /// A key of the server's translations, such as `app.user.missing_account.const`, or the text
    /// itself.
    pub id: String,
    /// The message for a person. A host drops it from what a plugin answers.
    pub message: String,
    /// Details for an administrator.
    pub details: String,
    /// The HTTP status.
    pub status_code: i32,
    /// The function where it came up (`where` on the wire).
    pub place: String,
    /// What the translation of the id has gaps for. Numbers travel as doubles.
    pub params: Map<String, Value>,
}

impl AppError {
    /// An error whose text the user is shown.
    pub fn shown(status_code: i32, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { id: text.clone(), message: text, status_code, ..Self::default() }
    }

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
            params: error.params.map(json_of).unwrap_or_default(),
        }
    }
}

impl From<AppError> for proto::AppError {
    fn from(error: AppError) -> Self {
        Self {
            id: error.id,
            message: error.message,
            detailed_error: error.details,
            status_code: error.status_code,
            r#where: error.place,
            params: (!error.params.is_empty()).then(|| struct_of(error.params)),
            ..Self::default()
        }
    }
}
