//! What happened, in its order: which handlers ran, what they asked of the server, and which events
//! were triggered.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use hookwright::{HookName, events};
use prost::Message;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A handler began to run.
    Handler(HandlerRun),
    /// The server was called.
    Call(ApiCall),
    /// An event of the application's own was triggered, by a plugin or by the test.
    Triggered(events::Event),
}

/// A handler that began to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandlerRun {
    /// The hook.
    pub hook: HookName,
    /// The plugin's id.
    pub plugin: String,
    /// The function's name.
    pub handler: String,
}

/// A call of the server, as it arrived.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiCall {
    /// The method, as the wire has it: `CreatePost`.
    pub method: String,
    /// The encoded request.
    pub body: Bytes,
}

impl ApiCall {
    /// The request.
    ///
    /// # Panics
    ///
    /// If it is not one of this type.
    #[must_use]
    #[track_caller]
    pub fn request<Q: Message + Default>(&self) -> Q {
        Q::decode(self.body.clone()).unwrap_or_else(|fault| {
            panic!("the request of {} is another one: {fault}", self.method)
        })
    }
}

/// Without the request, which may hold secrets.
impl fmt::Debug for ApiCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({} bytes)", self.method, self.body.len())
    }
}

/// A handler as its name, a call as its method, an event as its name.
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Handler(run) => f.write_str(&run.handler),
            Self::Call(call) => f.write_str(&call.method),
            Self::Triggered(event) => f.write_str(event.name().as_str()),
        }
    }
}

/// Everything that happened so far. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Journal {
    events: Arc<Mutex<Vec<Event>>>,
}

impl Journal {
    pub(crate) fn add(&self, event: Event) {
        self.lock().push(event);
    }

    /// What happened, the first first.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        self.lock().clone()
    }

    /// Forgets what happened so far.
    pub fn clear(&self) {
        self.lock().clear();
    }

    /// The handlers that ran.
    #[must_use]
    pub fn handlers(&self) -> Vec<HandlerRun> {
        let handler = |event| match event {
            Event::Handler(run) => Some(run),
            Event::Call(_) | Event::Triggered(_) => None,
        };
        self.events().into_iter().filter_map(handler).collect()
    }

    /// The calls of the server.
    #[must_use]
    pub fn calls(&self) -> Vec<ApiCall> {
        let call = |event| match event {
            Event::Call(call) => Some(call),
            Event::Handler(_) | Event::Triggered(_) => None,
        };
        self.events().into_iter().filter_map(call).collect()
    }

    /// The events that were triggered.
    #[must_use]
    pub fn triggered(&self) -> Vec<events::Event> {
        let triggered = |event| match event {
            Event::Triggered(event) => Some(event),
            Event::Handler(_) | Event::Call(_) => None,
        };
        self.events().into_iter().filter_map(triggered).collect()
    }

    /// Handlers and events by their names and calls by their methods are these, in this order, and no others.
    ///
    /// # Panics
    ///
    /// If they are not.
    #[track_caller]
    pub fn assert_happened<const N: usize>(&self, expected: [&str; N]) {
        let happened: Vec<_> = self.events().iter().map(ToString::to_string).collect();
        assert_in_order("what happened", &happened, &expected);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Event>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says what there was instead, side by side.
#[track_caller]
pub(crate) fn assert_in_order(what: &str, there: &[String], expected: &[&str]) {
    assert!(
        there == expected,
        "{what} is not as expected:\n  expected: {}\n     there: {}",
        expected.join(", "),
        there.join(", "),
    );
}
