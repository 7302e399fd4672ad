//! What is written down of a call.

use bytes::Bytes;
use hookwright::{Handler, HookInfo};
use tokio::time::Instant;
use tracing::{Span, field};

use crate::failure::Failure;

/// The span in which a handler runs.
pub(crate) fn span(handler: &Handler, request_id: &str) -> Span {
    // At error level, so that also a process that logs errors alone says whose they are.
    let span = tracing::error_span!(
        "hook",
        hook = handler.registration.hook.as_str(),
        plugin = handler.plugin.id(),
        handler = handler.registration.handler,
        request_id = field::Empty,
    );
    if !request_id.is_empty() {
        span.record("request_id", request_id);
    }
    span
}

/// A handler failed; recorded in its span, which says whose it is. `swallowed` is how many failures
/// open policies have swallowed so far, if this is one of them: the call then goes on.
pub(crate) fn failed(span: &Span, failure: &Failure, swallowed: Option<u64>) {
    let _entered = span.enter();
    let error = failure.detail.as_ref().unwrap_or(&failure.text);
    match swallowed {
        None => tracing::error!(code = ?failure.code, error, "a handler failed"),
        Some(so_far) => tracing::error!(
            code = ?failure.code,
            error,
            swallowed_so_far = so_far,
            "a handler failed; the call goes on without it"
        ),
    }
}

/// A request was answered.
pub(crate) fn responded(
    handler: &Handler,
    started: Instant,
    response: &Result<hookwright::http::Response, Failure>,
) {
    match response {
        Ok(response) => tracing::debug!(
            hook = handler.registration.hook.as_str(),
            micros = micros(started),
            status = response.status().as_u16(),
            "answered"
        ),
        Err(failure) => tracing::debug!(
            hook = handler.registration.hook.as_str(),
            micros = micros(started),
            code = ?failure.code,
            "refused"
        ),
    }
}

/// A call was answered.
pub(crate) fn answered(hook: &HookInfo, started: Instant, reply: &Result<Bytes, Failure>) {
    let micros = micros(started);
    match reply {
        Ok(reply) => tracing::debug!(hook = hook.text, micros, bytes = reply.len(), "answered"),
        Err(failure) => tracing::debug!(hook = hook.text, micros, code = ?failure.code, "refused"),
    }
}

fn micros(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX)
}
