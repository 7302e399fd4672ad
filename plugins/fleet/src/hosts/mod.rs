//! Writes the hosts file. One write serves all who asked for it before it began.

mod file;
mod retry;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::task::JoinError;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::file::{Fault, HostsPath};
use crate::store::{Store, StoreError};

/// The longest rest between two writes, and the rest after one that failed.
const LONGEST_REST: Duration = Duration::from_secs(1);

/// The hosts file. Clones are the same.
#[derive(Debug, Clone)]
pub struct HostsFile {
    shared: Arc<Shared>,
    last: Arc<Mutex<Last>>,
    /// Writes that nobody may wait for any more, since a handler's time can be up.
    writes: TaskTracker,
    /// What failed is not tried again any more.
    closing: CancellationToken,
}

#[derive(Debug)]
struct Shared {
    path: HostsPath,
    domain: String,
    store: Arc<Store>,
    /// How many writes have begun.
    begun: AtomicU64,
}

/// The last write.
#[derive(Debug)]
struct Last {
    number: u64,
    /// What had been committed when it began is in it, unless it failed.
    generation: u64,
    result: Result<(), HostsError>,
    rests_until: Instant,
}

/// How new the file has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It has to have what was committed up to this generation.
    Generation(u64),
    /// It has to be written after this was asked.
    Anew,
}

/// Why the file is not as new as it has to be.
#[derive(Debug, Clone, thiserror::Error)]
pub enum HostsError {
    /// The clients cannot be read.
    #[error("the hosts file is not written: {0}")]
    Store(#[from] StoreError),
    /// The file cannot be written.
    #[error("the hosts file {} cannot be written: {fault}", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        fault: Arc<io::Error>,
    },
    /// The file is new, and may be the old one again after a loss of power.
    #[error(
        "the hosts file {} is written, but its folder cannot be synced: {fault}", path.display()
    )]
    NotSynced {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        fault: Arc<io::Error>,
    },
    /// It was not written to its end.
    #[error("the hosts file is not written: {0}")]
    Ended(Arc<JoinError>),
}

impl HostsFile {
    /// The file of these clients. What a killed process has left beside it is removed.
    #[must_use]
    pub fn new(path: &Path, domain: &str, store: Arc<Store>) -> Self {
        let path = HostsPath::new(path);
        if let Err(fault) = path.remove_temporary_files() {
            let path = path.path().display();
            tracing::warn!(%path, %fault, "temporary files beside the hosts file cannot be removed");
        }
        let last = Last { number: 0, generation: 0, result: Ok(()), rests_until: Instant::now() };
        Self {
            shared: Arc::new(Shared {
                path,
                domain: domain.to_owned(),
                store,
                begun: AtomicU64::new(0),
            }),
            last: Arc::new(Mutex::new(last)),
            writes: TaskTracker::new(),
            closing: CancellationToken::new(),
        }
    }

    /// Writes the file, unless a write has served this need. One that is under way is waited for, and
    /// all who wait then share the next one, and how it ended. One that failed is tried again without
    /// being asked.
    ///
    /// # Errors
    ///
    /// The clients cannot be read, or the file cannot be written: it is as it was, unless the error
    /// says that only the folder is not synced.
    pub async fn write(&self, need: Need) -> Result<(), HostsError> {
        let begun = self.shared.begun.load(Ordering::Acquire);
        let last = Arc::clone(&self.last).lock_owned().await;
        if last.answers(need, begun) {
            return last.result.clone();
        }
        // In a task of its own: who waits may give up, and a later write must not be overtaken.
        let this = self.clone();
        let write = self.writes.spawn(async move {
            let (number, result) = this.shared.write(last).await;
            if result.is_err() {
                this.retry_later(number);
            }
            result
        });
        write.await.unwrap_or_else(|ended| Err(HostsError::Ended(Arc::new(ended))))
    }

    /// How many writes have begun.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.shared.begun.load(Ordering::Acquire)
    }

    /// Waits for the write that is under way.
    pub async fn close(&self) {
        self.closing.cancel();
        self.writes.close();
        self.writes.wait().await;
    }
}

impl Last {
    /// Whether how it ended is the answer.
    fn answers(&self, need: Need, begun: u64) -> bool {
        // After a failure those whose changes it would have had do not wait for the next try.
        let counts = self.result.is_ok() || Instant::now() < self.rests_until;
        self.number > 0
            && match need {
                Need::Generation(generation) => counts && self.generation >= generation,
                Need::Anew => self.number > begun,
            }
    }
}

impl Shared {
    /// Which write it was, and how it ended.
    async fn write(&self, mut last: OwnedMutexGuard<Last>) -> (u64, Result<(), HostsError>) {
        sleep_until(last.rests_until).await;
        let begin = Instant::now();
        last.number = self.begun.fetch_add(1, Ordering::AcqRel) + 1;
        last.generation = self.store.generation();
        last.result = self.replace().await;
        // Under a burst it rests as long as it worked, so that others get at least half of the time.
        let rest = match &last.result {
            Ok(()) => begin.elapsed().min(LONGEST_REST),
            Err(_) => LONGEST_REST,
        };
        last.rests_until = Instant::now() + rest;
        (last.number, last.result.clone())
    }

    async fn replace(&self) -> Result<(), HostsError> {
        let hosts = self.store.hosts().await?;
        let (path, domain) = (self.path.clone(), self.domain.clone());
        let replaced = tokio::task::spawn_blocking(move || {
            path.replace(&file::render(&hosts, &domain)).map_err(|fault| {
                let path = path.path().to_owned();
                match fault {
                    Fault::AsItWas(fault) => HostsError::File { path, fault: Arc::new(fault) },
                    Fault::NotSynced(fault) => {
                        HostsError::NotSynced { path, fault: Arc::new(fault) }
                    }
                }
            })
        });
        match replaced.await {
            Ok(replaced) => replaced,
            Err(ended) => Err(HostsError::Ended(Arc::new(ended))),
        }
    }
}
