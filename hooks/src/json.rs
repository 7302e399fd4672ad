//! Messages that carry one JSON document.

use serde::de::DeserializeOwned;

use crate::error::{Error, Result};
use crate::proto::{ConfigJson, EmailNotificationJson, SamlAssertionInfoJson, SyncMsgJson};

/// A message whose one field is a JSON document, as the host wrote it.
///
/// ```
/// use hookwright::{ConfigJson, JsonMessage as _};
///
/// let config = ConfigJson { config_json: r#"{"ServiceSettings":{"SiteURL":"https://chat.example.com"}}"#.into() };
/// let document = config.document()?;
/// assert_eq!(document["ServiceSettings"]["SiteURL"], "https://chat.example.com");
/// # Ok::<(), anyhow::Error>(())
/// ```
pub trait JsonMessage {
    /// The document, undecoded; empty where the host sent none.
    fn json(&self) -> &[u8];

    /// The document as a tree.
    ///
    /// # Errors
    ///
    /// It is not JSON.
    fn document(&self) -> Result<serde_json::Value> {
        self.parse()
    }

    /// The document as a type of yours.
    ///
    /// # Errors
    ///
    /// It is not JSON, or does not fit the type; the error names the field.
    fn parse<T: DeserializeOwned>(&self) -> Result<T> {
        let mut deserializer = serde_json::Deserializer::from_slice(self.json());
        serde_path_to_error::deserialize(&mut deserializer)
            .map_err(|error| Error::invalid(format!("{}: {}", error.path(), error.inner())).into())
    }
}

macro_rules! json_messages {
    ($($message:ident: $field:ident),+ $(,)?) => {
        $(impl JsonMessage for $message {
            fn json(&self) -> &[u8] {
                &self.$field
            }
        })+
    };
}

json_messages! {
    ConfigJson: config_json,
    EmailNotificationJson: notification_json,
    SamlAssertionInfoJson: assertion_json,
    SyncMsgJson: sync_msg_json,
}
