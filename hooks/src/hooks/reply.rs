//! A reply message as the handlers of a hook fill it, one after the other.
//!
//! The table names one form a hook (`forms.rs`, `forms/`); each form is an `impl Reply` for the
//! hook's reply message.

use crate::engine::Flow;
use crate::outcome::Rejection;
use crate::proto::AppError;

/// A reply message, filled by one handler after the other.
pub trait Reply<Request>: Default {
    /// What one handler answers.
    type Output: Send + 'static;

    /// [`Self::Output`] as an author writes it.
    const ANSWER: &'static str;

    /// What the host is told when no handler answers, in words.
    const UNANSWERED: &'static str;

    /// The reply before anyone has answered.
    fn initial() -> Self {
        Self::default()
    }

    /// The reply when no handler answers.
    fn unanswered(&mut self, request: Request) {
        let _ = request;
    }

    /// Refuses an answer that the wire cannot carry.
    ///
    /// # Errors
    ///
    /// What cannot be said, as an error of the handler.
    fn check(output: &Self::Output) -> crate::Result<()> {
        let _ = output;
        Ok(())
    }

    /// Takes in the answer of one handler.
    fn fold(&mut self, output: Self::Output) -> Flow;

    /// Puts what earlier handlers changed into the request that the next one gets.
    fn carry(&self, request: &mut Request) {
        let _ = request;
    }

    /// Takes back a replacement that equals what was given: the host would store it whole, and so
    /// wipe the fields that are not on the wire.
    fn settle(&mut self, original: impl FnOnce() -> Request) {
        let _ = original;
    }

    /// Puts an error into the reply's own error field; false where it has none.
    fn report(&mut self, error: AppError) -> bool {
        let _ = error;
        false
    }

    /// What a host reads in the reply.
    ///
    /// # Errors
    ///
    /// The error in the reply, where it has a field for one that says nothing else.
    fn read(self) -> Result<Self::Output, Box<AppError>>;

    /// Refuses in the reply itself; false where the hook cannot refuse.
    fn refuse(&mut self, rejection: Rejection) -> bool {
        let _ = rejection;
        false
    }
}

/// A field that can carry a rejection.
pub(super) trait RejectionField {
    fn set(&mut self, rejection: Rejection);

    /// The rejection, if there is one.
    fn read(self) -> Option<Rejection>;

    /// Takes an error; false where only a reason fits.
    fn report(&mut self, error: AppError) -> bool {
        let _ = error;
        false
    }
}

impl RejectionField for String {
    fn set(&mut self, rejection: Rejection) {
        *self = rejection.into_reason();
    }

    fn read(self) -> Option<Rejection> {
        (!self.is_empty()).then(|| Rejection::new(self))
    }
}

impl RejectionField for Option<AppError> {
    fn set(&mut self, rejection: Rejection) {
        // The host rebuilds the error from its id and details, and shows the id where it has no
        // translation for it; so the reason is all three.
        let reason = rejection.into_reason();
        *self = Some(AppError {
            id: reason.clone(),
            message: reason.clone(),
            detailed_error: reason,
            status_code: 400,
            ..AppError::default()
        });
    }

    // To a host a handler's own error is the same as a refusal: it shows the id.
    fn read(self) -> Option<Rejection> {
        self.map(|error| Rejection::new(error.id))
    }

    fn report(&mut self, error: AppError) -> bool {
        *self = Some(error);
        true
    }
}
