//! An attachment of a message.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// A block below a message, with a coloured edge, fields and buttons.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Attachment {
    /// For clients that cannot show it.
    pub fallback: String,
    /// `good`, `warning`, `danger`, or a colour such as `#2389d7`.
    pub color: String,
    /// Stands above it.
    pub pretext: String,
    /// Who wrote it.
    pub author_name: String,
    /// A link behind the author.
    pub author_link: String,
    /// The URL of a picture of the author.
    pub author_icon: String,
    /// The first line.
    pub title: String,
    /// A link behind the title.
    pub title_link: String,
    /// In Markdown.
    pub text: String,
    /// Shown as a table.
    #[serde(deserialize_with = "or_none")]
    pub fields: Vec<AttachmentField>,
    /// The URL of an image.
    pub image_url: String,
    /// The URL of a small image.
    pub thumb_url: String,
    /// The last line.
    pub footer: String,
    /// The URL of a picture of the last line.
    pub footer_icon: String,
    /// Buttons and menus, as the server has them; [`crate::dialog::Button`] makes some.
    #[serde(deserialize_with = "or_none", skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<Value>,
    /// What there is besides.
    #[serde(flatten)]
    pub others: Map<String, Value>,
}

/// One cell of the table in an attachment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AttachmentField {
    /// Stands above the value.
    pub title: String,
    /// A text, or another value that is shown as one.
    pub value: Value,
    /// Whether two of them fit into a line.
    pub short: bool,
}

/// A list of Go that was never made is `null`.
fn or_none<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Vec<T>, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}
