//! What came of an event.

use std::time::Duration;

use crate::HookName;

/// What came of an event that was triggered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Triggered {
    /// The event.
    pub event: HookName,
    /// Its handlers, in the order in which they ran.
    pub ran: Vec<Ran>,
}

/// How one handler of an event ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// The plugin's id.
    pub plugin: &'static str,
    /// The function's name.
    pub handler: &'static str,
    /// How long it took, waiting for its turn among the plugin's handlers included.
    pub took: Duration,
    /// Why it failed, if it did.
    pub failure: Option<Failure>,
}

/// Why a handler of an event failed. The whole of it is in the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Failure {
    /// What came of the handler.
    pub cause: Cause,
    /// What is said of it: no path of this machine, and no backtrace.
    pub text: String,
}

/// What came of a handler that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// It returned an error.
    Error,
    /// It panicked.
    Panic,
    /// Its time limit passed.
    TimeLimit,
    /// It was not run: there was no room for it, or the event is nested too deep. Or not to its end,
    /// since that of the process came first.
    NotRun,
    /// It was not run: it has failed too often.
    SetAside,
}

impl Triggered {
    /// Whether every handler succeeded.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.failed().next().is_none()
    }

    /// The handlers that failed.
    pub fn failed(&self) -> impl Iterator<Item = &Ran> {
        self.ran.iter().filter(|ran| ran.failure.is_some())
    }
}
