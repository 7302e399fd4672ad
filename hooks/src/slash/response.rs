//! What a command answers.

use crate::CommandResponse;

/// What the handler of a command may return: a text, which only the caller sees, nothing, or a
/// response.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an answer to a slash command",
    note = "it is a `CommandResponse`, a `String` or `&str` that only the caller sees, or `()`"
)]
pub trait IntoResponse {
    /// The response.
    fn into_response(self) -> CommandResponse;
}

impl IntoResponse for CommandResponse {
    fn into_response(self) -> CommandResponse {
        self
    }
}

impl IntoResponse for String {
    fn into_response(self) -> CommandResponse {
        ephemeral(self)
    }
}

impl IntoResponse for &str {
    fn into_response(self) -> CommandResponse {
        ephemeral(self)
    }
}

impl IntoResponse for () {
    fn into_response(self) -> CommandResponse {
        CommandResponse::default()
    }
}

/// An answer that only the caller sees.
pub fn ephemeral(text: impl Into<String>) -> CommandResponse {
    response("ephemeral", text)
}

/// An answer that everyone in the channel sees, as a post of the caller.
pub fn in_channel(text: impl Into<String>) -> CommandResponse {
    response("in_channel", text)
}

fn response(response_type: &str, text: impl Into<String>) -> CommandResponse {
    CommandResponse {
        response_type: response_type.to_owned(),
        text: text.into(),
        ..CommandResponse::default()
    }
}
