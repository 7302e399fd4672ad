//! The answer of a call that fails: in the reply where that has a place for it.

use std::sync::Arc;

use bytes::Bytes;
use hookwright::engine::{OpenExchange, UnaryExchange};
use hookwright::{FailurePolicy, HookInfo};

use crate::call::find;
use crate::engine::{Engine, Link};
use crate::failure::{Code, Failure};

/// The largest message, either way: what the contract between host and plugin says.
pub const LARGEST_MESSAGE: usize = 64 * 1024 * 1024;

/// Why a call has not the answer of its handlers, as it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// There was no room for it.
    NoRoom,
    /// The request, or the reply, is larger than any may be.
    TooLarge,
    /// The request cannot be read.
    Unreadable,
    /// What belongs to the request did not come.
    NotReceived,
    /// The handlers have answered, and the host does not take it.
    NotTaken,
}

impl Reason {
    /// The label of the metric.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::NoRoom => "no_room",
            Self::TooLarge => "too_large",
            Self::Unreadable => "unreadable",
            Self::NotReceived => "not_received",
            Self::NotTaken => "not_taken",
        }
    }
}

/// The failure that a call ends with.
pub(crate) struct Refused {
    pub(crate) failure: Failure,
    /// The policy under which it is the end.
    pub(crate) policy: FailurePolicy,
    /// The handlers of a hook of the lifecycle that had succeeded.
    pub(crate) succeeded: Vec<Arc<Link>>,
}

impl Engine {
    /// Refuses a reply that is larger than the contract has it. Which handler made it so large is not
    /// known, so one of them that is closed makes it closed.
    pub(crate) fn fitting(&self, hook: &HookInfo, reply: Bytes) -> Result<Bytes, Refused> {
        if reply.len() <= LARGEST_MESSAGE {
            return Ok(reply);
        }
        let text =
            format!("the reply has {} bytes, and {LARGEST_MESSAGE} is the most", reply.len());
        let failure = Failure::new(Code::ResourceExhausted, text);
        self.note_refused(hook, Reason::TooLarge, &failure);
        Err(self.refused(hook, failure))
    }

    /// Answers a call whose request is too large to be read.
    ///
    /// # Errors
    ///
    /// There is no such method, or the reply has no place to say it.
    pub fn refuse_too_large(&self, method: &str) -> Result<Bytes, Failure> {
        let text = format!("the request has more than {LARGEST_MESSAGE} bytes, which is the most");
        self.refuse(method, Reason::TooLarge, Failure::new(Code::ResourceExhausted, text))
    }

    /// Answers a call that cannot be handed to a handler, or whose answer cannot be handed to the host,
    /// and writes down why.
    ///
    /// # Errors
    ///
    /// There is no such method, or the reply has no place to say it.
    pub(crate) fn refuse(
        &self,
        method: &str,
        reason: Reason,
        failure: Failure,
    ) -> Result<Bytes, Failure> {
        let (hook, open) = find(method)?;
        self.note_refused(hook, reason, &failure);
        self.answer_unasked(hook, open, failure)
    }

    /// Answers a call with a failure that is none of its handlers'.
    pub(crate) fn answer_unasked(
        &self,
        hook: &HookInfo,
        open: OpenExchange,
        failure: Failure,
    ) -> Result<Bytes, Failure> {
        let refused = self.refused(hook, failure);
        let mut exchange = open(Bytes::new()).map_err(|_| refused.failure.clone())?;
        self.answer_failure(hook, refused, &mut *exchange)
    }

    /// Writes down why a call has not the answer of its handlers.
    pub(crate) fn note_refused(&self, hook: &HookInfo, reason: Reason, failure: &Failure) {
        let plugins: Vec<_> =
            self.chain(hook.name).iter().map(|link| link.handler.plugin.id()).collect();
        self.metrics.refused(hook, reason);
        let (plugins, reason) = (plugins.join(", "), reason.label());
        tracing::error!(hook = hook.text, plugins, reason, "{failure}");
    }

    /// What ends a call for all of its handlers: one of them that is closed makes it closed.
    fn refused(&self, hook: &HookInfo, failure: Failure) -> Refused {
        let closed = |link: &Arc<Link>| link.handler.settings.on_failure == FailurePolicy::Closed;
        let policy = match self.chain(hook.name).iter().any(closed) {
            true => FailurePolicy::Closed,
            false => FailurePolicy::Open,
        };
        Refused { failure, policy, succeeded: Vec::new() }
    }

    /// Says a failure in the reply where the reply has a place for it; a host that gets a status
    /// instead throws the reply away.
    pub(crate) fn answer_failure(
        &self,
        hook: &HookInfo,
        refused: Refused,
        exchange: &mut dyn UnaryExchange,
    ) -> Result<Bytes, Failure> {
        let Refused { failure, policy, .. } = refused;
        if exchange.report(failure.app_error(hook)) {
            return Ok(exchange.encode());
        }
        if policy == FailurePolicy::Closed
            && exchange.refuse(match &failure.app_error {
                // What the handler worded for the host; the details are for administrators.
                Some(error) if !error.message.is_empty() => error.message.clone(),
                Some(error) => error.id.clone(),
                None => format!("A plugin could not check this: {}.", failure.to_users()),
            })
        {
            return Ok(exchange.encode());
        }
        Err(Failure::new(failure.code, format!("{}: {failure}", hook.text)))
    }
}
