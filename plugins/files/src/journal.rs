//! The last uploads, and who follows them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use tokio::sync::broadcast;

/// How many uploads a follower may be behind before it misses some.
const AHEAD: usize = 64;

/// One upload, as it is remembered.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Entry {
    /// Counts up from 1 within one process.
    pub(crate) number: u64,
    #[serde(serialize_with = "as_text")]
    pub(crate) time: Timestamp,
    #[serde(flatten)]
    pub(crate) upload: Uploaded,
}

/// What there is to know about an upload.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Uploaded {
    pub(crate) name: String,
    pub(crate) kind: String,
    /// In bytes.
    pub(crate) size: usize,
    /// In hexadecimal.
    pub(crate) sha256: String,
    pub(crate) verdict: &'static str,
    /// What was changed, or why it was refused.
    pub(crate) why: String,
    pub(crate) user_id: String,
}

/// A place in the journal of one process; another process counts anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) process: i64,
    pub(crate) number: u64,
}

/// The plugin's state.
#[derive(Debug)]
pub(crate) struct Journal {
    /// When it was begun, which tells one process from the next.
    process: i64,
    entries: Mutex<Entries>,
    followers: broadcast::Sender<Arc<Entry>>,
}

#[derive(Debug, Default)]
struct Entries {
    last: VecDeque<Arc<Entry>>,
    /// How many there have been.
    count: u64,
}

/// What a follower gets: what there was, and then what comes.
#[derive(Debug)]
pub(crate) struct Following {
    pub(crate) process: i64,
    /// How many of those after the follower's place are forgotten.
    pub(crate) missed: u64,
    pub(crate) first: Vec<Arc<Entry>>,
    pub(crate) rest: broadcast::Receiver<Arc<Entry>>,
}

impl Default for Journal {
    fn default() -> Self {
        Self {
            process: Timestamp::now().as_millisecond(),
            entries: Mutex::default(),
            followers: broadcast::channel(AHEAD).0,
        }
    }
}

impl Journal {
    /// Adds an upload, and forgets the oldest ones beyond as many as are to be remembered.
    pub(crate) fn record(&self, upload: Uploaded, remembered: usize) {
        let mut entries = self.entries();
        entries.count += 1;
        let entry = Arc::new(Entry { number: entries.count, time: Timestamp::now(), upload });
        entries.last.push_back(Arc::clone(&entry));
        let surplus = entries.last.len().saturating_sub(remembered);
        entries.last.drain(..surplus);
        // Told under the lock, so that followers see them in their order. Nobody may listen.
        let _ = self.followers.send(entry);
    }

    /// What is remembered, the oldest first.
    pub(crate) fn remembered(&self) -> Vec<Arc<Entry>> {
        self.entries().last.iter().cloned().collect()
    }

    /// Follows the journal: from behind a place on, or from all that is remembered.
    pub(crate) fn follow(&self, after: Option<Place>) -> Following {
        let entries = self.entries();
        // A place of another process says nothing about this one's entries.
        let after =
            after.filter(|place| place.process == self.process && place.number <= entries.count);
        let oldest = entries.last.front().map_or(entries.count + 1, |entry| entry.number);
        let missed = after.map_or(0, |place| oldest.saturating_sub(place.number + 1));
        let seen = after.map_or(0, |place| place.number);
        let first = entries.last.iter().filter(|entry| entry.number > seen).cloned().collect();
        Following { process: self.process, missed, first, rest: self.followers.subscribe() }
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// RFC 3339, to the millisecond.
fn as_text<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{time:.3}"))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn upload(name: &str) -> Uploaded {
        Uploaded {
            name: name.to_owned(),
            kind: "text/plain".to_owned(),
            size: 5,
            sha256: "00".to_owned(),
            verdict: "allowed",
            why: String::new(),
            user_id: "user1".to_owned(),
        }
    }

    fn journal(count: u64, remembered: usize) -> Journal {
        let journal = Journal::default();
        for number in 1..=count {
            journal.record(upload(&number.to_string()), remembered);
        }
        journal
    }

    fn numbers(entries: &[Arc<Entry>]) -> Vec<u64> {
        entries.iter().map(|entry| entry.number).collect()
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let journal = journal(5, 3);
        assert_eq!(numbers(&journal.remembered()), [3, 4, 5]);
        journal.record(upload("less"), 1);
        assert_eq!(numbers(&journal.remembered()), [6], "a smaller bound holds at once");
    }

    #[test]
    fn a_follower_goes_on_behind_its_place_and_hears_how_many_are_forgotten() {
        let journal = journal(9, 4);
        let process = journal.process;
        for (number, missed, first) in [
            (9, 0, &[][..]),
            (7, 0, &[8, 9]),
            (5, 0, &[6, 7, 8, 9]),
            (2, 3, &[6, 7, 8, 9]),
            (10, 0, &[6, 7, 8, 9]), // never was
        ] {
            let following = journal.follow(Some(Place { process, number }));
            assert_eq!((following.missed, numbers(&following.first)), (missed, first.to_vec()));
        }
        let elsewhere = Place { process: process - 1, number: 9 };
        for from_the_start in [None, Some(elsewhere)] {
            let following = journal.follow(from_the_start);
            assert_eq!((following.missed, following.first.len()), (0, 4));
        }
    }

    #[tokio::test]
    async fn what_comes_after_is_neither_lost_nor_told_twice() {
        let journal = journal(2, 10);
        let mut following = journal.follow(None);
        journal.record(upload("third"), 10);
        assert_eq!(numbers(&following.first), [1, 2]);
        assert_eq!(following.rest.recv().await.unwrap().number, 3);
    }
}
