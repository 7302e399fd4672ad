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
pub trait JsonMessage: Sized {
    /// The document, undecoded; empty where the host sent none.
    fn json(&self) -> &[u8];

    /// The message with another document.
    fn with_json(json: Vec<u8>) -> Self;

    /// The document with a few members changed, by a [JSON merge patch][RFC 7396]: members of the
    /// patch replace those of the document, objects are merged, and `null` removes. A patch that
    /// changes nothing gives the message back byte by byte.
    ///
    /// What `ConfigurationWillBeSaved` answers is taken for the whole configuration, so that what
    /// is left out of it is lost. This is the way to change a setting and keep the rest:
    ///
    /// ```
    /// use hookwright::prelude::*;
    /// use hookwright::ConfigJson;
    ///
    /// hookwright::plugin! { id: "com.example.config" }
    ///
    /// #[hook]
    /// fn configuration_will_be_saved(_cx: &Context, config: ConfigJson) -> Result<Verdict<ConfigJson>> {
    ///     let patch = serde_json::json!({ "ServiceSettings": { "EnableDeveloper": false } });
    ///     Ok(Verdict::Replace(config.patched(&patch)?))
    /// }
    /// # fn main() {}
    /// ```
    ///
    /// [RFC 7396]: https://www.rfc-editor.org/rfc/rfc7396
    ///
    /// # Errors
    ///
    /// The document is not JSON.
    fn patched(&self, patch: &serde_json::Value) -> Result<Self> {
        let given = self.document()?;
        let mut document = given.clone();
        json_patch::merge(&mut document, patch);
        // Written anew, the members would be in another order: a replacement that changes nothing.
        Ok(Self::with_json(match document == given {
            true => self.json().to_vec(),
            false => serde_json::to_vec(&document)?,
        }))
    }

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
        serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
            let fault = crate::config::fault_without_text(error.inner());
            let message = std::any::type_name::<Self>().rsplit("::").next().unwrap_or_default();
            match error.path().to_string().as_str() {
                "." => Error::invalid(format!("the {message} cannot be read: {fault}")),
                path => Error::invalid(format!("the {message}, field `{path}`: {fault}")),
            }
        })
    }
}

macro_rules! json_messages {
    ($($message:ident: $field:ident),+ $(,)?) => {
        $(impl JsonMessage for $message {
            fn json(&self) -> &[u8] {
                &self.$field
            }

            fn with_json(json: Vec<u8>) -> Self {
                Self { $field: json.into() }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            "[a-z]{0,3}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::btree_map("[a-c]", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    fn patched(document: &Value, patch: &Value) -> Value {
        let message = ConfigJson::with_json(serde_json::to_vec(document).unwrap());
        message.patched(patch).unwrap().document().unwrap()
    }

    proptest! {
        #[test]
        fn an_empty_patch_changes_no_object(document in json()) {
            prop_assume!(document.is_object());
            prop_assert_eq!(patched(&document, &json!({})), document);
        }

        #[test]
        fn a_patch_that_changes_nothing_gives_the_message_back_byte_by_byte(
            document in json(),
            patch in json(),
        ) {
            prop_assume!(patch.is_object());
            // What has a patch in it already, indented and with a member that is out of order.
            let mut document = document;
            json_patch::merge(&mut document, &patch);
            let written = format!("{{\"z\": 1,\n \"a\": {document:#}}}");
            let message = ConfigJson::with_json(written.clone().into());
            for patch in [json!({}), json!({ "a": patch })] {
                let patched = message.patched(&patch).unwrap();
                prop_assert_eq!(patched.json(), written.as_bytes());
            }
        }

        #[test]
        fn a_patch_twice_is_a_patch_once(document in json(), patch in json()) {
            let once = patched(&document, &patch);
            prop_assert_eq!(patched(&once, &patch), once);
        }

        #[test]
        fn what_the_patch_does_not_name_stays(document in json(), value in json()) {
            prop_assume!(document.is_object());
            let after = patched(&document, &json!({ "named": value }));
            for (name, member) in document.as_object().unwrap() {
                prop_assert_eq!(&after[name.as_str()], member);
            }
        }
    }

    #[test]
    fn what_is_not_json_is_an_error_that_names_the_place() {
        let error =
            ConfigJson::with_json(b"{\"a\": [1,}".to_vec()).patched(&json!({})).unwrap_err();
        assert!(error.to_string().contains("line 1 column 10"), "{error}");
    }
}
