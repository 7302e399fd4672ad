//! The jobs that a node knows of, and when it looks at each.

use std::collections::{BTreeMap, BTreeSet};
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

/// The jobs by their keys, and which of them are looked at just now.
#[derive(Debug, Default)]
pub(super) struct Pending {
    jobs: BTreeMap<String, Due>,
    begun: BTreeSet<String>,
}

impl Pending {
    /// A job was scheduled. It may have been found in the store before, and even have run.
    pub(super) fn add(&mut self, key: String, run_at: Timestamp) {
        let known = self.jobs.get(&key).is_some_and(|known| known.run_at == run_at);
        if !known {
            self.jobs.insert(key, Due::at(run_at));
        }
    }

    /// These jobs are in the store. One that is known and not among them was scheduled or deleted
    /// meanwhile: a look at it will tell.
    pub(super) fn find(&mut self, listed: Vec<OnceJob>) {
        for job in listed {
            self.add(job.key, job.run_at);
        }
    }

    /// Takes the job that is to be looked at first, if its time has come. What could not be run comes
    /// after what was not tried yet.
    pub(super) fn begin(&mut self, now: Timestamp) -> Option<(String, Due)> {
        let (key, due) = self.waiting().min_by_key(|(_, due)| due.look_at)?;
        let (key, due) = (due.look_at <= now).then(|| (key.clone(), *due))?;
        self.begun.insert(key.clone());
        Some((key, due))
    }

    /// A job is looked at no more.
    pub(super) fn end(&mut self, key: &str) {
        self.begun.remove(key);
    }

    /// How many jobs are looked at.
    pub(super) fn begun(&self) -> usize {
        self.begun.len()
    }

    fn waiting(&self) -> impl Iterator<Item = (&String, &Due)> {
        self.jobs.iter().filter(|(key, _)| !self.begun.contains(*key))
    }

    /// A job is in the store no more, unless there is one for another time by now.
    pub(super) fn remove(&mut self, key: &str, run_at: Timestamp) {
        if self.job(key, run_at).is_some() {
            self.jobs.remove(key);
        }
    }

    /// All that is left to do is to delete a job.
    pub(super) fn has_run(&mut self, key: &str, run_at: Timestamp) {
        if let Some(due) = self.job(key, run_at) {
            due.has_run = true;
        }
    }

    /// Looks at a job again after some time.
    pub(super) fn put_off(&mut self, key: &str, run_at: Timestamp, now: Timestamp, by: Duration) {
        if let Some(due) = self.job(key, run_at) {
            let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
            due.look_at = now.saturating_add(by).unwrap_or(Timestamp::MAX);
        }
    }

    fn job(&mut self, key: &str, run_at: Timestamp) -> Option<&mut Due> {
        self.jobs.get_mut(key).filter(|due| due.run_at == run_at)
    }

    /// How long nothing is to be looked at.
    pub(super) fn wait(&self, now: Timestamp) -> Option<Duration> {
        let next = self.waiting().map(|(_, due)| due.look_at).min()?;
        Some(Duration::try_from(now.duration_until(next)).unwrap_or_default())
    }
}
