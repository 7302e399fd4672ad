//! A mail notification, which is a JSON document on the way to a plugin and a message on the way back.

use prost_reflect::{DynamicMessage, Value};
use serde_json::{Value as Json, json};

use super::model::argument;
use crate::host::contract;

/// The content of a mail: members of the document, and the fields that they are.
pub(super) const CONTENT: [(&str, &str); 8] = [
    ("subject", "subject"),
    ("title", "title"),
    ("subtitle", "sub_title"),
    ("message_html", "message_html"),
    ("message_text", "message_text"),
    ("button_text", "button_text"),
    ("button_url", "button_url"),
    ("footer_text", "footer_text"),
];

/// The content of a mail as a message.
pub(super) fn content_of(mail: &Value) -> DynamicMessage {
    let document = document(mail.as_message().expect("a message"));
    let mut content = DynamicMessage::new(contract::message("EmailNotificationContent"));
    for (member, field) in CONTENT {
        let text = document[member].as_str().unwrap_or_default();
        content.set_field_by_name(field, Value::String(text.to_owned()));
    }
    content
}

/// Puts a content into the mail of a request.
pub(super) fn write_content(request: &mut DynamicMessage, content: &DynamicMessage) {
    let Value::Message(mut mail) = argument(request, "email_notification") else { return };
    let mut json = document(&mail);
    for (member, field) in CONTENT {
        json[member] = json!(argument(content, field).as_str());
    }
    mail.set_field_by_name("notification_json", Value::Bytes(json.to_string().into()));
    request.set_field_by_name("email_notification", Value::Message(mail));
}

fn document(mail: &DynamicMessage) -> Json {
    let json = argument(mail, "notification_json");
    serde_json::from_slice(json.as_bytes().expect("bytes")).unwrap_or_else(|_| json!({}))
}
