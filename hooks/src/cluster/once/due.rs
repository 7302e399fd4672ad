//! The jobs that a node knows of, and when it looks at each.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::OnceJob;

/// A job that has not run, or has run and is still in the store.
#[derive(Debug, Clone, Copy)]
pub(super) struct Due {
    pub(super) run_at: Timestamp,
    /// It is looked at then: at its time, and later again if it could not be run.
    pub(super) look_at: Timestamp,
    /// Whether all that is left to do is to delete it.
    pub(super) has_run: bool,
}

impl Due {
    pub(super) fn at(run_at: Timestamp) -> Self {
        Self { run_at, look_at: run_at, has_run: false }
    }
}

/// The jobs by their keys.
#[derive(Debug, Default)]
pub(super) struct Pending(BTreeMap<String, Due>);

impl Pending {
    /// A job was scheduled here. It may have been found in the store before, and even have run.
    pub(super) fn add(&mut self, key: String, run_at: Timestamp) {
        let due = self.known(&key, run_at);
        self.0.insert(key, due);
    }

    /// These are the jobs of the store. What is known of those that were there before is kept.
    pub(super) fn replace(&mut self, listed: Vec<OnceJob>) {
        let jobs = listed.into_iter().map(|job| {
            let due = self.known(&job.key, job.run_at);
            (job.key, due)
        });
        self.0 = jobs.collect();
    }

    fn known(&self, key: &str, run_at: Timestamp) -> Due {
        let known = self.0.get(key).filter(|known| known.run_at == run_at);
        known.copied().unwrap_or(Due::at(run_at))
    }

    /// What is to be looked at now. What could not be run comes after what was not tried yet.
    pub(super) fn due(&self, now: Timestamp) -> Vec<(String, Due)> {
        let due = self.0.iter().filter(|(_, due)| due.look_at <= now);
        let mut due: Vec<_> = due.map(|(key, due)| (key.clone(), *due)).collect();
        due.sort_by_key(|(_, due)| due.look_at);
        due
    }

    pub(super) fn set(&mut self, key: &str, due: Due) {
        self.0.insert(key.to_owned(), due);
    }

    pub(super) fn remove(&mut self, key: &str) {
        self.0.remove(key);
    }

    /// Looks at a job again after some time.
    pub(super) fn put_off(&mut self, key: &str, now: Timestamp, by: Duration) {
        if let Some(due) = self.0.get_mut(key) {
            let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
            due.look_at = now.saturating_add(by).unwrap_or(Timestamp::MAX);
        }
    }

    /// How long nothing is to be looked at.
    pub(super) fn wait(&self, now: Timestamp) -> Option<Duration> {
        let next = self.0.values().map(|due| due.look_at).min()?;
        Some(Duration::try_from(now.duration_until(next)).unwrap_or_default())
    }
}
