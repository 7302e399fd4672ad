//! The handle by which events are triggered.

use std::fmt;
use std::sync::{Arc, Weak};

use futures::future::BoxFuture;

use super::{Event, Triggered};
use crate::Caller;

/// Triggers events. Cloning it is cheap, and it may be kept. When the process has ended it runs
/// nobody any more, and says so in the log.
///
/// An event is nested in the one whose handler triggers it, by whichever handle it does. Work in the
/// background is nested in none, nor is a task that a handler starts by `tokio::spawn` with a handle
/// that was kept: an event that triggers itself in that way is not noticed.
#[derive(Clone)]
pub struct Events {
    /// There is none where nobody handles events.
    engine: Option<Weak<dyn Trigger>>,
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
        Self { engine: Some(engine), by }
    }

    /// Events that nobody handles.
    #[must_use]
    pub fn none() -> Self {
        Self { engine: None, by: Triggering::default() }
    }

    /// Triggers an event, and waits until all its handlers have ended. What fails of them is in what
    /// is returned, and in the log. Where nobody waits any more, the handlers run all the same.
    pub async fn trigger(&self, event: impl Into<Event>) -> Triggered {
        let event = event.into();
        let name = event.name();
        match self.engine.as_ref().map(Weak::upgrade) {
            Some(Some(engine)) => return engine.trigger(event, self.by.clone()).await,
            Some(None) => {
                tracing::error!(hook = name.as_str(), "an event came after the end: nobody is told")
            }
            None => {}
        }
        Triggered { event: name, ran: Vec::new() }
    }

    /// The same in a handler that is not async.
    pub fn trigger_blocking(&self, event: impl Into<Event>) -> Triggered {
        futures::executor::block_on(self.trigger(event))
    }

    /// The same for work that goes on without its caller: it holds no slot of a handler's, and is
    /// nested in no event.
    pub(crate) fn in_background(&self) -> Self {
        Self { engine: self.engine.clone(), by: Triggering::default() }
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").field("depth", &self.by.depth).finish_non_exhaustive()
    }
}
