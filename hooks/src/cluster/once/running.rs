//! The jobs that run on this node.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex as Lock, MutexGuard as LockGuard, PoisonError};

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};

/// A job that runs.
#[derive(Debug, Clone)]
pub(super) struct Running {
    pub(super) run_at: Timestamp,
    /// The job as it is stored until it has run, or has scheduled its own key anew.
    pub(super) stored: Bytes,
}

impl Running {
    /// The time of the job that comes after it, which is another: jobs of a key are told apart by
    /// their times.
    pub(super) fn other_time(&self, wanted: Timestamp) -> Timestamp {
        match wanted == self.run_at {
            true => wanted.saturating_add(SignedDuration::from_nanos(1)).unwrap_or(wanted),
            false => wanted,
        }
    }
}

/// The jobs that run, by key. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(super) struct RunningJobs(Arc<Lock<BTreeMap<String, Running>>>);

impl RunningJobs {
    pub(super) fn begin(&self, key: &str, job: Running) {
        self.jobs().insert(key.to_owned(), job);
    }

    pub(super) fn end(&self, key: &str) {
        self.jobs().remove(key);
    }

    pub(super) fn get(&self, key: &str) -> Option<Running> {
        self.jobs().get(key).cloned()
    }

    fn jobs(&self) -> LockGuard<'_, BTreeMap<String, Running>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
