//! What is written down of a call.

use std::time::Duration;

use bytes::Bytes;
use hookwright::events::Triggered;
use hookwright::{Handler, HookInfo};
use tokio::time::Instant;

use crate::engine::Link;
use crate::failure::{Cause, Failure};
use crate::metrics::Metrics;
use crate::quarantine::{Change, Pass};
use crate::refusal::Reason;
use crate::running::Running;

/// A handler that was run has ended, or was given up.
pub(crate) fn ran(
    running: &Running,
    (pass, harm): (Pass, bool),
    took: Duration,
    now: Instant,
    failure: Option<&Failure>,
) {
    running.link.metrics.ran(took, failure);
    if let Some(failure) = failure {
        failed(running, failure);
    }
    match pass.end(harm, now) {
        Change::None => {}
        Change::SetAside => {
            running.apart(|| tracing::error!("the handler is set aside: it fails again and again"))
        }
        Change::WellAgain => {
            running.apart(|| tracing::info!("the handler is no longer set aside"));
        }
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
pub(crate) fn not_run(running: &Running, failure: &Failure) {
    running.link.metrics.was_not_run(failure);
    failed(running, failure);
}

/// A handler failed; the record says whose it is.
fn failed(running: &Running, failure: &Failure) {
    let error = failure.detail.as_ref().unwrap_or(&failure.text);
    running.apart(|| match failure.cause {
        // Said once, when it was set aside.
        Cause::SetAside => tracing::debug!(code = ?failure.code, error, "a handler is set aside"),
        _ => tracing::error!(code = ?failure.code, error, "a handler failed"),
    });
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
    metrics.refused(hook, Reason::NoRoom);
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
    // The clock is read only where somebody wants to know.
    match reply {
        Ok(reply) => tracing::debug!(
            hook = hook.text,
            micros = micros(started),
            bytes = reply.len(),
            "answered"
        ),
        Err(failure) => tracing::debug!(
            hook = hook.text,
            micros = micros(started),
            code = ?failure.code,
            "refused"
        ),
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
