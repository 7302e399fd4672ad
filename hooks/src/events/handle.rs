//! The handle by which events are triggered.

use std::fmt;
use std::sync::{Arc, Weak};

use futures::future::BoxFuture;

use super::{Event, Triggered};
use crate::Caller;

/// Triggers events. Cloning it is cheap, and it may be kept: it does nothing any more when the
/// process has ended.
#[derive(Clone)]
pub struct Events {
    engine: Weak<dyn Trigger>,
    by: Triggering,
}

/// Where an event is triggered.
#[derive(Debug, Clone, Default)]
pub struct Triggering {
    /// How many events the place is nested in; 0 in none.
    pub depth: usize,
    /// Who caused it.
    pub caller: Arc<Caller>,
}

/// Runs the handlers of events. The engine does; a plugin does not see it.
pub trait Trigger: Send + Sync {
    /// Runs the handlers of an event one after the other. They go on when the future is dropped, but
    /// for those of one that was never polled.
    fn trigger(self: Arc<Self>, event: Event, by: Triggering) -> BoxFuture<'static, Triggered>;
}

impl Events {
    /// Events of this engine, triggered there.
    #[must_use]
    pub fn new(engine: Weak<dyn Trigger>, by: Triggering) -> Self {
        Self { engine, by }
    }

    /// Events that nobody handles.
    #[must_use]
    pub fn none() -> Self {
        Self::new(Weak::<Nobody>::new(), Triggering::default())
    }

    /// Triggers an event, and waits until all its handlers have ended. What fails of them is in what
    /// is returned, and in the log. Where nobody waits any more, the handlers run all the same.
    pub async fn trigger(&self, event: impl Into<Event>) -> Triggered {
        let event = event.into();
        let name = event.name();
        match self.engine.upgrade() {
            Some(engine) => engine.trigger(event, self.by.clone()).await,
            None => Triggered { event: name, ran: Vec::new() },
        }
    }

    /// The same in a handler that is not async.
    pub fn trigger_blocking(&self, event: impl Into<Event>) -> Triggered {
        futures::executor::block_on(self.trigger(event))
    }

    /// The same for work that goes on without its caller.
    pub(crate) fn in_background(&self) -> Self {
        let by = Triggering { depth: self.by.depth, caller: Arc::default() };
        Self::new(Weak::clone(&self.engine), by)
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").field("depth", &self.by.depth).finish_non_exhaustive()
    }
}

/// There is no engine.
struct Nobody;

impl Trigger for Nobody {
    fn trigger(self: Arc<Self>, event: Event, _: Triggering) -> BoxFuture<'static, Triggered> {
        Box::pin(std::future::ready(Triggered { event: event.name(), ran: Vec::new() }))
    }
}
