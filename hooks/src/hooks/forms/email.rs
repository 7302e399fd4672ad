//! A verdict on a mail, whose content is replaced and whose envelope is not.

use crate::engine::Flow;
use crate::hooks::reply::{RejectionField as _, Reply};
use crate::proto::{
    AppError, EmailNotificationContent, EmailNotificationWillBeSentRequest,
    EmailNotificationWillBeSentResponse,
};
use crate::{EmailContent as _, Rejection, Verdict};

impl Reply<EmailNotificationWillBeSentRequest> for EmailNotificationWillBeSentResponse {
    type Output = Verdict<EmailNotificationContent>;
    const ANSWER: &'static str = "Verdict<EmailNotificationContent>";
    const UNANSWERED: &'static str = "allowed, unchanged";

    fn fold(&mut self, verdict: Self::Output) -> Flow {
        match verdict {
            Verdict::Allow => Flow::Next,
            Verdict::Replace(content) => {
                self.modified_content = Some(content);
                Flow::Next
            }
            Verdict::Reject(rejection) => {
                self.refuse(rejection);
                Flow::Stop
            }
        }
    }

    fn carry(&self, request: &mut EmailNotificationWillBeSentRequest) {
        let mail = request.email_notification.as_ref();
        let changed = mail.zip(self.modified_content.as_ref()).and_then(|(mail, content)| {
            // A document that cannot be read was handed on as it is all along.
            mail.with_content(content).ok()
        });
        if changed.is_some() {
            request.email_notification = changed;
        }
    }

    fn settle(&mut self, original: impl FnOnce() -> EmailNotificationWillBeSentRequest) {
        if self.modified_content.is_none() {
            return;
        }
        let mail = original().email_notification.unwrap_or_default();
        if mail.content().ok() == self.modified_content {
            self.modified_content = None;
        }
    }

    fn read(self) -> Result<Self::Output, Box<AppError>> {
        Ok(Verdict::of_reply(self.rejection_reason.read(), self.modified_content))
    }

    fn refuse(&mut self, rejection: Rejection) -> bool {
        // The host does not look at a replacement beside a rejection.
        self.modified_content = None;
        self.rejection_reason.set(rejection);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::EmailNotificationJson;
    use crate::{JsonMessage as _, Verdict};

    type Answer = EmailNotificationWillBeSentResponse;

    fn request() -> EmailNotificationWillBeSentRequest {
        let json = br#"{ "subject": "Hello", "post_id": "p1", "title": "News" }"#;
        let mail = EmailNotificationJson::with_json(json.to_vec());
        EmailNotificationWillBeSentRequest { email_notification: Some(mail), ..Default::default() }
    }

    fn content(request: &EmailNotificationWillBeSentRequest) -> EmailNotificationContent {
        request.email_notification.as_ref().unwrap().content().unwrap()
    }

    #[test]
    fn the_next_handler_is_given_the_content_of_the_last_one_in_the_same_envelope() {
        let mut reply = Answer::default();
        let replaced = EmailNotificationContent { subject: "Other".into(), ..content(&request()) };
        assert_eq!(reply.fold(Verdict::Replace(replaced.clone())), Flow::Next);
        let mut next = request();
        reply.carry(&mut next);
        assert_eq!(content(&next), replaced);
        let document = next.email_notification.unwrap().document().unwrap();
        assert_eq!(document["post_id"], "p1");
        reply.settle(request);
        assert_eq!(reply.modified_content, Some(replaced));
    }

    #[test]
    fn the_content_that_was_given_is_no_replacement() {
        let mut reply = Answer::default();
        let _ = reply.fold(Verdict::Replace(content(&request())));
        reply.settle(request);
        assert_eq!(reply, Answer::default());
    }

    #[test]
    fn a_document_that_cannot_be_read_is_handed_on_as_it_is() {
        let unreadable = || EmailNotificationWillBeSentRequest {
            email_notification: Some(EmailNotificationJson::with_json(b"{".to_vec())),
            ..Default::default()
        };
        let mut reply = Answer::default();
        let _ = reply.fold(Verdict::Replace(content(&request())));
        let mut next = unreadable();
        reply.carry(&mut next);
        assert_eq!(next, unreadable());
        reply.settle(unreadable);
        assert_eq!(reply.modified_content, Some(content(&request())));
    }

    #[test]
    fn a_rejection_goes_out_alone() {
        let mut reply = Answer::default();
        let _ = reply.fold(Verdict::Replace(content(&request())));
        assert_eq!(reply.fold(Verdict::reject("no")), Flow::Stop);
        assert_eq!(reply, Answer { rejection_reason: "no".into(), ..Answer::default() });
    }
}
