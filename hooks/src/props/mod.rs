//! The properties of posts, typed: what a server keeps beside the text, attachments among it.
//!
//! ```
//! use hookwright::prelude::*;
//! use hookwright::props::{Attachment, Props as _};
//!
//! hookwright::plugin! { id: "com.example.reviewed" }
//!
//! #[hook(HookName::MessageWillBePosted)]
//! fn mark(_cx: &Context, mut post: Post) -> Result<Verdict<Post>> {
//!     let mut attachments = post.attachments()?;
//!     attachments.retain(|attachment| attachment.color != "danger");
//!     attachments.push(Attachment { text: "Reviewed.".into(), ..Attachment::default() });
//!     post.set_attachments(&attachments)?;
//!     post.set_prop("reviews", 1 + post.prop::<u32>("reviews")?.unwrap_or_default())?;
//!     Ok(Verdict::Replace(post))
//! }
//! # fn main() {}
//! ```
//!
//! What a handler leaves alone stays as it was at the server, types that JSON has not included. A number
//! that it sets or changes is a `float64` there, whole or not.

mod attachment;

use std::collections::BTreeMap;

use hookwright_proto::prost_types::{Struct, Value as Field};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Number, Value};

pub use self::attachment::{Attachment, AttachmentField};
use crate::structs::{field_of, value_of};
use crate::{Draft, Post, Result, ScheduledPost};

/// Under which properties have the attachments.
const ATTACHMENTS: &str = "attachments";

/// A message with properties.
pub trait Props {
    /// The properties, as the message has them.
    fn props(&self) -> Option<&Struct>;

    /// The properties, to be changed.
    fn props_mut(&mut self) -> &mut Option<Struct>;

    /// One property; none if the message has none of this name.
    ///
    /// # Errors
    ///
    /// It is not a `T`.
    fn prop<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        let Some(field) = self.props().and_then(|props| props.fields.get(name)) else {
            return Ok(None);
        };
        let value = whole_numbers(value_of(field.clone()));
        let read = serde_json::from_value(value);
        read.map_err(|fault| anyhow::anyhow!("the property `{name}` does not fit: {fault}"))
    }

    /// Sets one property.
    ///
    /// # Errors
    ///
    /// The value has no form in JSON.
    fn set_prop(&mut self, name: &str, value: impl Serialize) -> Result<()> {
        let field = field_of(serde_json::to_value(value)?);
        fields(self.props_mut()).insert(name.to_owned(), field);
        Ok(())
    }

    /// Takes one property out. A server that takes changes alone keeps its name, without a value.
    fn remove_prop(&mut self, name: &str) {
        if let Some(props) = self.props_mut() {
            props.fields.remove(name);
        }
    }

    /// The attachments; none is an empty list.
    ///
    /// # Errors
    ///
    /// What the property holds are no attachments.
    fn attachments(&self) -> Result<Vec<Attachment>> {
        Ok(self.prop(ATTACHMENTS)?.unwrap_or_default())
    }

    /// Sets all attachments; with an empty list there are none.
    ///
    /// # Errors
    ///
    /// Never, as long as they are what [`Self::attachments`] gave.
    fn set_attachments(&mut self, attachments: &[Attachment]) -> Result<()> {
        match attachments.is_empty() {
            true => {
                self.remove_prop(ATTACHMENTS);
                Ok(())
            }
            false => self.set_prop(ATTACHMENTS, attachments),
        }
    }
}

fn fields(props: &mut Option<Struct>) -> &mut BTreeMap<String, Field> {
    &mut props.get_or_insert_default().fields
}

/// Numbers are doubles on the way; what was whole is whole again.
fn whole_numbers(value: Value) -> Value {
    match value {
        Value::Number(number) => {
            let double = number.as_f64().filter(|double| double.fract() == 0.0);
            let whole = double.filter(|double| double.abs() < 9e15);
            Value::Number(whole.map_or(number, |double| Number::from(double as i64)))
        }
        Value::Array(values) => values.into_iter().map(whole_numbers).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(name, value)| (name, whole_numbers(value))).collect()
        }
        other => other,
    }
}

macro_rules! with_props {
    ($($message:ty),+) => {$(
        impl Props for $message {
            fn props(&self) -> Option<&Struct> {
                self.props.as_ref()
            }

            fn props_mut(&mut self) -> &mut Option<Struct> {
                &mut self.props
            }
        }
    )+};
}

with_props! { Post, Draft, ScheduledPost }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_are_read_as_what_they_are_and_what_does_not_fit_is_named() {
        let mut post = Post::default();
        assert_eq!(post.prop::<u32>("count").unwrap(), None);
        post.set_prop("count", 7).unwrap();
        post.set_prop("list", ["a", "b"]).unwrap();
        assert_eq!(post.prop::<u32>("count").unwrap(), Some(7));
        assert_eq!(post.prop::<f64>("count").unwrap(), Some(7.0));
        assert_eq!(post.prop::<Vec<String>>("list").unwrap().unwrap(), ["a", "b"]);
        let fault = post.prop::<String>("count").unwrap_err().to_string();
        assert!(fault.contains("the property `count` does not fit"), "{fault}");
        post.remove_prop("count");
        assert_eq!(post.prop::<u32>("count").unwrap(), None);
    }

    #[test]
    fn attachments_keep_what_has_no_field_here() {
        let mut draft = Draft::default();
        let sent = serde_json::json!([{ "text": "a", "newer": { "b": 1 }, "fields": null }]);
        draft.set_prop("attachments", sent).unwrap();
        let mut attachments = draft.attachments().unwrap();
        assert_eq!(attachments[0].text, "a");
        attachments[0].title = "t".to_owned();
        draft.set_attachments(&attachments).unwrap();
        let back: Value = draft.prop("attachments").unwrap().unwrap();
        assert_eq!(back[0]["newer"]["b"], 1);
        assert_eq!(back[0]["title"], "t");
        draft.set_attachments(&[]).unwrap();
        assert_eq!(draft.attachments().unwrap(), []);
    }
}
