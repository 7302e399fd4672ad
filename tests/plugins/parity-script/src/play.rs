//! A handler doing what the script says, in both forms.

use std::future::pending;

use hookwright::prelude::*;

use crate::{Action, Answer, Argument, Kind, Output, Told, control};

/// What a handler that blocks does.
///
/// # Errors
///
/// The script says so.
pub fn play<O: Output>(cx: &Context, arguments: Vec<Argument>) -> Result<O> {
    match take(cx, arguments) {
        Action::Hang => {
            // Until its time is up and no longer: then its slot is free again.
            futures::executor::block_on(cx.cancelled().cancelled());
            O::of(Answer::Plain)
        }
        action => end(action),
    }
}

/// What a handler that waits does.
///
/// # Errors
///
/// The script says so.
pub async fn play_async<O: Output>(cx: &Context, arguments: Vec<Argument>) -> Result<O> {
    match take(cx, arguments) {
        Action::Hang => pending().await,
        action => end(action),
    }
}

fn take(cx: &Context, arguments: Vec<Argument>) -> Action {
    control::tell(Told {
        plugin: cx.plugin_id().to_owned(),
        hook: cx.hook().as_str().to_owned(),
        request_id: cx.request_id().to_owned(),
        arguments,
    })
}

#[expect(clippy::panic, reason = "it is what the tests are for")]
fn end<O: Output>(action: Action) -> Result<O> {
    match action {
        Action::Answer(answer) => O::of(answer),
        Action::Fail(kind, text) => Err(match kind {
            Kind::Invalid => Error::invalid(text),
            Kind::Denied => Error::denied(text),
            Kind::NotFound => Error::not_found(text),
            Kind::Unimplemented => Error::unimplemented(text),
            Kind::Other => anyhow::anyhow!(text),
        }),
        Action::FailAs(fault) => Err(hookwright::AppError {
            id: fault.id,
            message: fault.message,
            details: fault.details,
            status_code: fault.status_code,
            place: fault.place,
            params: fault.params,
        }
        .into()),
        Action::Panic | Action::Hang => panic!("the script says so"),
    }
}
