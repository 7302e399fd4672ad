//! The streams of all hosts, for the end of the process.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::Session;

/// All streams that are open. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sessions {
    open: Arc<Mutex<Open>>,
}

#[derive(Debug, Default)]
struct Open {
    sessions: Vec<Weak<Session>>,
    closed: bool,
}

impl Sessions {
    /// Adds one; that is ended at once if the process ends.
    pub(super) fn add(&self, session: &Arc<Session>) {
        let mut open = self.open();
        open.sessions.retain(|session| session.strong_count() > 0);
        open.sessions.push(Arc::downgrade(session));
        if open.closed {
            session.end();
        }
    }

    /// Ends them all, and those that are opened from now on. No file of a socket is left when this
    /// returns.
    pub(crate) fn end(&self) {
        let mut open = self.open();
        open.closed = true;
        for session in open.sessions.drain(..).filter_map(|session| session.upgrade()) {
            session.end();
        }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
