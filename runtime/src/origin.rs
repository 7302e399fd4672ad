//! Where a call comes from, and what that means for each of its handlers.

use std::time::Duration;

use std::sync::Arc;

use hookwright::Broker;
use hookwright::engine::Received;
use tokio::time::Instant;

/// Where a call comes from.
#[derive(Debug, Clone)]
pub struct Origin {
    /// How long the caller waits, if it said so.
    pub limit: Option<Duration>,
    /// Further connections to the host that called.
    pub broker: Broker,
    /// The arguments as the host sent them, where their messages lack some of it.
    pub received: Option<Arc<dyn Received>>,
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
    /// The arguments as the host sent them.
    pub(crate) received: Option<Arc<dyn Received>>,
    /// How many events it is nested in; 0 for a hook.
    pub(crate) depth: usize,
}

impl Origin {
    /// Of a call that began then and may take as long as this.
    pub(crate) fn scope(&self, started: Instant, limit: Option<Duration>) -> Scope {
        let deadline = limit.and_then(|limit| started.checked_add(limit));
        Scope {
            now: started,
            deadline,
            broker: self.broker.clone(),
            received: self.received.clone(),
            depth: 0,
        }
    }
}
