//! Where a call comes from, and what that means for each of its handlers.

use std::time::Duration;

use hookwright::Broker;
use tokio::time::Instant;

/// Where a call comes from.
#[derive(Debug, Clone)]
pub struct Origin {
    /// How long the caller waits, if it said so.
    pub limit: Option<Duration>,
    /// Further connections to the host that called.
    pub broker: Broker,
}

/// What all handlers of one call have in common.
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    /// The time when it was last looked at: the clock is read once a handler, at its end, and not
    /// also at the beginning of the next one.
    pub(crate) now: Instant,
    /// When the call has to be answered.
    pub(crate) deadline: Option<Instant>,
    /// Further connections to the host that called.
    pub(crate) broker: Broker,
    /// How many events it is nested in; 0 for a hook.
    pub(crate) depth: usize,
}

impl Origin {
    /// Of a call that began then and may take as long as this.
    pub(crate) fn scope(&self, started: Instant, limit: Option<Duration>) -> Scope {
        let deadline = limit.and_then(|limit| started.checked_add(limit));
        Scope { now: started, deadline, broker: self.broker.clone(), depth: 0 }
    }
}
