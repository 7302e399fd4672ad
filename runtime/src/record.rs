//! What is written down of a call.

use bytes::Bytes;
use hookwright::events::Triggered;
use hookwright::{Handler, HookInfo};
use tokio::time::Instant;
use tracing::{Span, field};

use crate::engine::Link;
use crate::failure::{Cause, Failure};
use crate::metrics::Metrics;
use crate::quarantine::{Change, Pass};

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

/// A handler that was run has ended, or was given up.
pub(crate) fn ran(
    link: &Link,
    (pass, harm): (Pass, bool),
    span: &Span,
    started: Instant,
    failure: Option<&Failure>,
) {
    let now = Instant::now();
    link.metrics.ran(now - started, failure);
    if let Some(failure) = failure {
        failed(span, failure);
    }
    let change = pass.end(harm, now);
    let _entered = span.enter();
    match change {
        Change::None => {}
        Change::SetAside => tracing::error!("the handler is set aside: it fails again and again"),
        Change::WellAgain => tracing::info!("the handler is no longer set aside"),
    }
}

/// Writes down that a handler was given up, if it is dropped before the handler has ended.
pub(crate) struct GivenUp<'a>(Option<&'a Link>);

impl<'a> GivenUp<'a> {
    pub(crate) fn unless_ended(link: &'a Link) -> Self {
        Self(Some(link))
    }

    pub(crate) fn ended(mut self) {
        self.0 = None;
    }
}

impl Drop for GivenUp<'_> {
    fn drop(&mut self) {
        if let Some(link) = self.0 {
            link.metrics.given_up();
        }
    }
}

/// A handler was not run.
pub(crate) fn not_run(link: &Link, span: &Span, failure: &Failure) {
    link.metrics.was_not_run(failure);
    failed(span, failure);
}

/// A handler failed; recorded in its span, which says whose it is.
fn failed(span: &Span, failure: &Failure) {
    let _entered = span.enter();
    let error = failure.detail.as_ref().unwrap_or(&failure.text);
    match failure.cause {
        // Said once, when it was set aside.
        Cause::SetAside => tracing::debug!(code = ?failure.code, error, "a handler is set aside"),
        _ => tracing::error!(code = ?failure.code, error, "a handler failed"),
    }
}

/// The call went on without a handler that failed.
pub(crate) fn swallowed(link: &Link) {
    link.metrics.swallowed();
    let registration = link.handler.registration;
    tracing::warn!(
        hook = registration.hook.as_str(),
        plugin = link.handler.plugin.id(),
        handler = registration.handler,
        "the call went on without a handler that failed"
    );
}

/// A call was refused because too many are under way.
pub(crate) fn shed(metrics: &Metrics, hook: &HookInfo, failure: &Failure) {
    metrics.refused(hook, "no_room");
    tracing::warn!(hook = hook.text, error = failure.text, "a call was refused");
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

/// The handlers of an event have ended.
pub(crate) fn handled(triggered: &Triggered, started: Instant) {
    tracing::debug!(
        hook = triggered.event.as_str(),
        micros = micros(started),
        handlers = triggered.ran.len(),
        failed = triggered.failed().count(),
        "handled"
    );
}

fn micros(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX)
}
