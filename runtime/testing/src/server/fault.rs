//! How a server can be told to fail.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use hookwright::AppError;
use tonic::Status;

/// What becomes of a call instead of its answer.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Fault {
    /// An error in the reply.
    Error(Box<AppError>),
    /// A status of gRPC in place of a reply.
    Status(Box<Status>),
    /// No connection: the server does not hear of the call, and its journal has nothing of it. Who
    /// calls over a socket or a channel has a connection, and gets [`Fault::unavailable`] instead.
    Unreachable,
    /// No answer at all.
    Never,
    /// The answer, so much later.
    After(Duration),
    /// The call is carried out, and the connection breaks off before the reply.
    ReplyLost,
}

impl Fault {
    /// An error in the reply, by its HTTP status and its id.
    #[must_use]
    pub fn status(status_code: i32, id: &str) -> Self {
        let id = id.to_owned();
        AppError { message: id.clone(), id, status_code, ..AppError::default() }.into()
    }

    /// The connection breaks off, and whether the call was carried out is not to be known.
    #[must_use]
    pub fn unavailable() -> Self {
        unavailable().into()
    }
}

pub(super) fn unavailable() -> Status {
    Status::unavailable("the fake server was told to be unavailable")
}

impl From<AppError> for Fault {
    fn from(error: AppError) -> Self {
        Self::Error(Box::new(error))
    }
}

impl From<Status> for Fault {
    fn from(status: Status) -> Self {
        Self::Status(Box::new(status))
    }
}

/// Which methods fail, and how.
#[derive(Debug, Default)]
pub(super) struct Faults {
    always: HashMap<String, Fault>,
    once: HashMap<String, VecDeque<Fault>>,
}

impl Faults {
    pub(super) fn always(&mut self, method: &str, fault: Fault) {
        self.always.insert(method.to_owned(), fault);
    }

    pub(super) fn once(&mut self, method: &str, fault: Fault) {
        self.once.entry(method.to_owned()).or_default().push_back(fault);
    }

    pub(super) fn heal(&mut self, method: &str) {
        self.always.remove(method);
        self.once.remove(method);
    }

    /// Whether the next call of a method finds no connection.
    pub(super) fn next_is_unreachable(&mut self, method: &str) -> bool {
        let first = self.once.get(method).and_then(VecDeque::front);
        let is_it = matches!(first.or(self.always.get(method)), Some(Fault::Unreachable));
        if is_it {
            self.next(method);
        }
        is_it
    }

    /// What becomes of the next call of a method.
    pub(super) fn next(&mut self, method: &str) -> Option<Fault> {
        let once = self.once.get_mut(method).and_then(VecDeque::pop_front);
        once.or_else(|| self.always.get(method).cloned())
    }
}
