//! An event as its handlers see it.

use std::sync::Arc;

use super::Event;
use crate::Caller;
use crate::engine::{Exchange, Hook};

/// An event being handled. There is no answer to it.
#[derive(Debug)]
pub struct EventExchange {
    event: Event,
    caller: Arc<Caller>,
}

impl EventExchange {
    /// For an event, and who caused it.
    #[must_use]
    pub fn new(event: Event, caller: Arc<Caller>) -> Self {
        Self { event, caller }
    }

    /// The event; every handler has one of its own.
    #[must_use]
    pub fn event(&self) -> Event {
        self.event.clone()
    }
}

impl Exchange for EventExchange {
    fn caller(&self) -> Arc<Caller> {
        Arc::clone(&self.caller)
    }
}

/// A hook that is an event. The table implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event",
    label = "a list has events alone, since one handler takes them all; give this hook a handler of its own"
)]
pub trait EventHook: Hook<Exchange = EventExchange> {}
