//! The ways in which a handler does not answer.

use fixture_parity_script::{Action, AppFault, Kind};
use serde_json::json;
use tonic::Code;

use super::{Effect, Play};

/// Why a handler does not answer, as it leaves the process.
#[derive(Debug, Clone)]
pub struct Failure {
    /// As a status of gRPC.
    pub code: Code,
    /// As a status of HTTP.
    pub status: i32,
    /// In words.
    pub text: String,
    /// As the handler itself words it.
    pub own: Option<AppFault>,
}

impl Play {
    /// A handler that does not end.
    #[must_use]
    pub fn hang() -> Self {
        let text = "the handler did not finish within".to_owned();
        let failure = Failure { code: Code::DeadlineExceeded, status: 504, text, own: None };
        Self { name: "hang".to_owned(), action: Action::Hang, effect: Effect::Fail(failure) }
    }
}

/// The ways of not answering, apart from hanging.
#[must_use]
pub fn failures() -> Vec<Play> {
    let text = "that is not a number: ½";
    let kinds = [
        (Kind::Invalid, Code::InvalidArgument, 400),
        (Kind::Denied, Code::PermissionDenied, 403),
        (Kind::NotFound, Code::NotFound, 404),
        (Kind::Unimplemented, Code::Unimplemented, 501),
        (Kind::Other, Code::Internal, 500),
    ];
    let statuses = [
        (400, Code::InvalidArgument),
        (403, Code::PermissionDenied),
        (404, Code::NotFound),
        (429, Code::ResourceExhausted),
        (501, Code::Unimplemented),
        (503, Code::Unavailable),
        (504, Code::DeadlineExceeded),
        (418, Code::Internal),
    ];
    let kinds = kinds.map(|(kind, code, status)| Play {
        name: format!("{kind:?} error"),
        action: Action::Fail(kind, text.to_owned()),
        effect: Effect::Fail(Failure { code, status, text: text.to_owned(), own: None }),
    });
    let own = statuses.map(|(status, code)| app_error(status, code));
    let panic = "the handler panicked; see the plugin's log".to_owned();
    let panic = Failure { code: Code::Internal, status: 500, text: panic, own: None };
    let panic =
        Play { name: "panic".to_owned(), action: Action::Panic, effect: Effect::Fail(panic) };
    kinds.into_iter().chain(own).chain([panic]).collect()
}

/// An error whose every field the handler says itself.
fn app_error(status: i32, code: Code) -> Play {
    let params = json!({ "limit": 2.5, "name": "poll", "choices": ["yes", null, true] });
    let own = AppFault {
        id: "app.poll.too_many.app_error".to_owned(),
        message: "That are too many.".to_owned(),
        details: "poll=p1".to_owned(),
        status_code: status,
        place: "Polls.Create".to_owned(),
        params: params.as_object().expect("an object").clone(),
    };
    let text = format!("{}, {} (status {status})", own.message, own.details);
    Play {
        name: format!("AppError {status}"),
        action: Action::FailAs(own.clone()),
        effect: Effect::Fail(Failure { code, status, text, own: Some(own) }),
    }
}
