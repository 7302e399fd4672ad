//! What came of a call of a hook, and what a test expects of it.

use std::fmt::Debug;

use hookwright::{AppError, CommandResponse, HookName, Post, Rejection, Verdict};
use tonic::Status;

/// What came of a call of a hook that is answered with a `T`.
///
/// The assertions say what there was instead. Each gives the value back where there is one.
#[derive(Debug)]
#[must_use = "nothing is asserted yet"]
pub struct Called<T> {
    hook: HookName,
    answer: Result<T, Failed>,
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Failed {
    /// The reply holds an error.
    Error(Box<AppError>),
    /// There is no reply.
    Status(Status),
}

impl Failed {
    fn text(&self) -> String {
        match self {
            Self::Error(error) => format!("the error \"{error}\""),
            Self::Status(status) => format!("the status {:?}: {}", status.code(), status.message()),
        }
    }
}

impl<T> Called<T> {
    pub(crate) fn new(hook: HookName, answer: Result<T, Failed>) -> Self {
        Self { hook, answer }
    }

    /// The answer.
    ///
    /// # Panics
    ///
    /// If the call failed.
    #[track_caller]
    pub fn answer(self) -> T {
        match self.answer {
            Ok(answer) => answer,
            Err(failed) => panic!("{} failed with {}", self.hook, failed.text()),
        }
    }

    /// It was answered; with what does not matter.
    ///
    /// # Panics
    ///
    /// If the call failed.
    #[track_caller]
    pub fn assert_ok(self) {
        let _ = self.answer();
    }

    /// The answer as a result: the error in the reply, or the status as an error of its kind.
    ///
    /// # Errors
    ///
    /// The call failed.
    pub fn into_result(self) -> Result<T, Box<AppError>> {
        self.answer.map_err(|failed| match failed {
            Failed::Error(error) => error,
            Failed::Status(status) => {
                let id = format!("{:?}", status.code());
                let message = status.message().to_owned();
                Box::new(AppError { id, message, ..AppError::default() })
            }
        })
    }
}

impl<T: Debug> Called<T> {
    /// It was answered with this.
    ///
    /// # Panics
    ///
    /// If it was not.
    #[track_caller]
    pub fn assert_answered(self, expected: &T)
    where
        T: PartialEq,
    {
        let hook = self.hook;
        let answer = self.answer();
        assert!(
            answer == *expected,
            "{hook} was answered differently:\n  expected: {expected:?}\n     there: {answer:?}"
        );
    }

    /// The call failed, with this in the text of its error or status.
    ///
    /// # Panics
    ///
    /// If it did not fail, or otherwise.
    #[track_caller]
    pub fn assert_failed(self, with: &str) {
        let text = match self.answer {
            Ok(answer) => panic!("{} did not fail, it was answered with {answer:?}", self.hook),
            Err(failed) => failed.text(),
        };
        assert!(text.contains(with), "{} failed with {text}, expected \"{with}\"", self.hook);
    }

    /// The error in the reply.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[track_caller]
    pub fn error(self) -> AppError {
        match self.answer {
            Err(Failed::Error(error)) => *error,
            Err(failed) => panic!("{} failed with {}", self.hook, failed.text()),
            Ok(answer) => panic!("{} did not fail, it was answered with {answer:?}", self.hook),
        }
    }

    /// The status that came in place of a reply.
    ///
    /// # Panics
    ///
    /// If there was a reply.
    #[track_caller]
    pub fn status(self) -> Status {
        match self.answer {
            Err(Failed::Status(status)) => status,
            Err(failed) => panic!("{} failed with {}", self.hook, failed.text()),
            Ok(answer) => panic!("{} did not fail, it was answered with {answer:?}", self.hook),
        }
    }
}

impl<T: Debug> Called<Verdict<T>> {
    /// It is let pass as it is.
    ///
    /// # Panics
    ///
    /// If it is refused or replaced.
    #[track_caller]
    pub fn assert_allowed(self) {
        let hook = self.hook;
        match self.answer() {
            Verdict::Allow => {}
            other => panic!("{hook} was to allow it, and answered {other:?}"),
        }
    }

    /// It is refused with this reason.
    ///
    /// # Panics
    ///
    /// If it is let pass, or the reason is another one.
    #[track_caller]
    pub fn assert_rejected(self, reason: &str) {
        let hook = self.hook;
        let there = self.rejection();
        assert!(
            there == reason,
            "{hook} was refused for another reason:\n  expected: {reason}\n     there: {there}"
        );
    }

    /// Why it is refused.
    ///
    /// # Panics
    ///
    /// If it is let pass.
    #[track_caller]
    pub fn rejection(self) -> String {
        let hook = self.hook;
        match self.answer() {
            Verdict::Reject(rejection) => rejection.reason().to_owned(),
            other => panic!("{hook} was to refuse it, and answered {other:?}"),
        }
    }

    /// What takes its place.
    ///
    /// # Panics
    ///
    /// If it is refused, or let pass as it is.
    #[track_caller]
    pub fn replaced(self) -> T {
        let hook = self.hook;
        match self.answer() {
            Verdict::Replace(value) => value,
            other => panic!("{hook} was to replace it, and answered {other:?}"),
        }
    }
}

impl Called<Verdict<Post>> {
    /// A post with this message takes its place.
    ///
    /// # Panics
    ///
    /// If it is refused, let pass as it is, or says something else.
    #[track_caller]
    pub fn assert_message(self, message: &str) {
        let hook = self.hook;
        let there = self.replaced().message;
        assert!(
            there == message,
            "{hook} says something else:\n  expected: {message}\n     there: {there}"
        );
    }

    /// It is dropped without a word to its author.
    ///
    /// # Panics
    ///
    /// If it is not.
    #[track_caller]
    pub fn assert_dismissed(self) {
        self.assert_rejected(Rejection::DISMISS);
    }
}

impl Called<Option<CommandResponse>> {
    /// The command was answered with this text.
    ///
    /// # Panics
    ///
    /// If it was not answered, or otherwise.
    #[track_caller]
    pub fn assert_text(self, text: &str) {
        let hook = self.hook;
        let there = self.answer().map(|response| response.text);
        assert!(
            there.as_deref() == Some(text),
            "{hook} was answered differently:\n  expected: {text}\n     there: {there:?}"
        );
    }
}
