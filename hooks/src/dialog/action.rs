//! Buttons in messages: showing them, and what comes when one is pressed.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::submission::read;
use super::values;
use crate::http::{Request, Response};
use crate::structs::struct_of;
use crate::{CommandResponse, Result};

/// A button below a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Button(Value);

impl Button {
    /// A button with a text on it. Pressing it sends an [`ActionRequest`] to the URL, for which a
    /// path of the plugin, `/plugins/ID/...`, will do, with the id of its `plugin.json`; see the
    /// [module](super). The button's own id is made of letters and digits.
    pub fn new(id: impl Into<String>, text: impl Into<String>, url: impl Into<String>) -> Self {
        Self(json!({
            "id": id.into(),
            "name": text.into(),
            "type": "button",
            "integration": { "url": url.into(), "context": {} },
        }))
    }

    /// Something that comes back when it is pressed. Clients do not see it.
    #[must_use]
    pub fn context(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0["integration"]["context"][name] = value.into();
        self
    }

    /// How it looks: `primary`, `danger`, `good`, `warning` or a colour such as `#2389d7`.
    #[must_use]
    pub fn style(mut self, style: &str) -> Self {
        self.0["style"] = style.into();
        self
    }
}

/// A text with buttons below it, which may be several of a message's.
pub fn attachment(text: impl Into<String>, buttons: impl IntoIterator<Item = Button>) -> Value {
    let actions: Vec<_> = buttons.into_iter().map(|button| button.0).collect();
    json!({ "text": text.into(), "actions": actions })
}

/// A space of no width.
const NOTHING_TO_SEE: &str = "\u{200b}";

/// A command's answer with attachments. The server keeps them in the properties of the post that it
/// makes of the answer; a post of one's own loses its properties on the way to the server.
///
/// The server shows no answer to the caller alone that has no text, whatever its properties are; one
/// without gets a text that nobody sees.
#[must_use]
pub fn with_attachments(
    mut response: CommandResponse,
    attachments: impl IntoIterator<Item = Value>,
) -> CommandResponse {
    let mut props = response.props.take().map(crate::structs::json_of).unwrap_or_default();
    props.insert("attachments".to_owned(), attachments.into_iter().collect());
    response.props = Some(struct_of(props));
    if response.text.is_empty() {
        NOTHING_TO_SEE.clone_into(&mut response.text);
    }
    response
}

/// A button was pressed.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct ActionRequest {
    /// Who pressed it.
    pub user_id: String,
    /// The name of that user.
    pub user_name: String,
    /// Where.
    pub channel_id: String,
    /// Where.
    pub team_id: String,
    /// Below which post.
    pub post_id: String,
    /// Opens a dialog for this user.
    pub trigger_id: String,
    /// What was given to the button.
    pub context: Map<String, Value>,
}

impl ActionRequest {
    /// Reads it out of a request.
    ///
    /// # Errors
    ///
    /// It is not one, or not of the user whose session the request came with: anyone can send a
    /// request to a plugin's page.
    pub async fn read(request: Request) -> Result<Self> {
        read(request, |action: &Self| &action.user_id).await
    }
}

/// What happens after a button was pressed: nothing, or what is added here.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ActionReply {
    #[serde(skip_serializing_if = "Option::is_none")]
    update: Option<Value>,
    #[serde(skip_serializing_if = "String::is_empty")]
    ephemeral_text: String,
}

impl ActionReply {
    /// Nothing happens.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The post gets another message, and other attachments; with none its buttons go.
    #[must_use]
    pub fn update(
        self,
        message: impl Into<String>,
        attachments: impl IntoIterator<Item = Value>,
    ) -> Self {
        let attachments: Vec<_> = attachments.into_iter().collect();
        let update = json!({ "message": message.into(), "props": { "attachments": attachments } });
        Self { update: Some(update), ..self }
    }

    /// Who pressed it sees this text.
    #[must_use]
    pub fn ephemeral(self, text: impl Into<String>) -> Self {
        Self { ephemeral_text: text.into(), ..self }
    }

    /// The reply to the request.
    #[must_use]
    pub fn into_response(self) -> Response {
        values::json(&self)
    }
}
