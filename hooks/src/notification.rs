//! Notifications: what makes changing one of them safe.

use serde_json::{Value, json};

use crate::error::Result;
use crate::json::JsonMessage;
use crate::proto::{EmailNotificationContent, EmailNotificationJson, PushNotification};

/// The members of the JSON document that are the mail's content, and the fields that they are.
macro_rules! content_fields {
    ($callback:ident) => {
        $callback! {
            subject "subject", title "title", sub_title "subtitle", message_html "message_html",
            message_text "message_text", button_text "button_text", button_url "button_url",
            footer_text "footer_text"
        }
    };
}

/// The content of a mail that is about to be sent.
///
/// The answer to `EmailNotificationWillBeSent` is taken for the whole content: a field that is left
/// empty is blanked. So start from what there is:
///
/// ```
/// use hookwright::prelude::*;
/// use hookwright::{EmailContent as _, EmailNotificationContent, EmailNotificationJson};
///
/// hookwright::plugin! { id: "com.example.mail" }
///
/// #[hook]
/// fn email_notification_will_be_sent(
///     _cx: &Context,
///     mail: EmailNotificationJson,
/// ) -> Result<Verdict<EmailNotificationContent>> {
///     let mut content = mail.content()?;
///     content.subject = format!("[chat] {}", content.subject);
///     Ok(Verdict::Replace(content))
/// }
/// # fn main() {}
/// ```
pub trait EmailContent: Sized {
    /// The content as it is.
    ///
    /// # Errors
    ///
    /// The notification is not JSON.
    fn content(&self) -> Result<EmailNotificationContent>;

    /// The notification with another content.
    ///
    /// # Errors
    ///
    /// The notification is not JSON.
    fn with_content(&self, content: &EmailNotificationContent) -> Result<Self>;
}

impl EmailContent for EmailNotificationJson {
    fn content(&self) -> Result<EmailNotificationContent> {
        let document = self.document()?;
        let text = |name: &str| document[name].as_str().unwrap_or_default().to_owned();
        macro_rules! read {
            ($($field:ident $name:literal),+) => {
                EmailNotificationContent { $($field: text($name)),+ }
            };
        }
        Ok(content_fields!(read))
    }

    fn with_content(&self, content: &EmailNotificationContent) -> Result<Self> {
        macro_rules! patch {
            ($($field:ident $name:literal),+) => { json!({ $($name: content.$field),+ }) };
        }
        let patch: Value = content_fields!(patch);
        self.patched(&patch)
    }
}

/// The badge of a push notification, which travels as text. What is not a number is taken for 0 by
/// the host.
pub trait PushBadge {
    /// The number on the application's icon; `None` where there is none, or it is not a number.
    fn badge_number(&self) -> Option<i64>;

    /// Sets it.
    fn set_badge_number(&mut self, number: i64);
}

impl PushBadge for PushNotification {
    fn badge_number(&self) -> Option<i64> {
        self.badge.parse().ok()
    }

    fn set_badge_number(&mut self, number: i64) {
        self.badge = number.to_string();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_read_and_written_back_and_the_rest_of_the_document_stays() {
        let document = json!({ "post_id": "p1", "subject": "Hello", "subtitle": "there" });
        let mail = EmailNotificationJson::with_json(document.to_string().into());
        let mut content = mail.content().unwrap();
        assert_eq!((content.subject.as_str(), content.sub_title.as_str()), ("Hello", "there"));
        assert_eq!(content.title, "");
        content.title = "New".into();
        let changed = mail.with_content(&content).unwrap();
        assert_eq!(changed.content().unwrap(), content);
        assert_eq!(changed.document().unwrap()["post_id"], "p1");
    }

    #[test]
    fn a_badge_is_a_number() {
        let mut push = PushNotification { badge: "many".into(), ..PushNotification::default() };
        assert_eq!(push.badge_number(), None);
        push.set_badge_number(3);
        assert_eq!((push.badge.as_str(), push.badge_number()), ("3", Some(3)));
    }
}
