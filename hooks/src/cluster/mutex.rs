//! A mutex that the nodes of a cluster share.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::lease::Lease;
use crate::ApiError;
use crate::api::Client;
use crate::kv::KvError;

const PREFIX: &str = "mutex_";
const SHORTEST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// A mutex that the nodes of a cluster share, and that tasks of one node exclude each other by, too.
///
/// The lock is a key of the plugin's store that expires after 15 seconds and is refreshed in half
/// that time, so a node that dies frees it. Mutexes of one name are the same mutex in all plugins of a
/// binary, which share a store: a plugin begins the names of its own with a word of its own.
///
/// ```
/// use hookwright::cluster::Mutex;
/// use hookwright::prelude::*;
///
/// # async fn example(cx: &Context) -> Result<()> {
/// let import = Mutex::new(cx.api(), "import")?;
/// let guard = import.lock().await?;
/// // Alone in the cluster here.
/// guard.unlock().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Mutex {
    client: Client,
    key: String,
}

impl Mutex {
    /// The mutex of a name.
    ///
    /// # Errors
    ///
    /// The name is empty, or too long for a key with `mutex_` before it.
    pub fn new(client: &Client, name: &str) -> Result<Self, KvError> {
        let key = format!("{PREFIX}{name}");
        crate::kv::check_key(if name.is_empty() { name } else { &key })?;
        Ok(Self { client: client.clone(), key })
    }

    /// Locks the mutex if it is free, and says `None` if it is not.
    ///
    /// It may be dropped before it has ended: a lock that it got then is given back.
    ///
    /// # Errors
    ///
    /// The call to the server fails. If nobody knows whether it was done, the mutex may be locked
    /// for 15 seconds.
    pub async fn try_lock(&self) -> Result<Option<MutexGuard>, KvError> {
        let (release, lost) = (CancellationToken::new(), CancellationToken::new());
        let guard = release.clone().drop_guard();
        let (tell, told) = oneshot::channel();
        // A task of its own has the lock from the request on, so that it is never nobody's.
        let lease = Lease::new(self.client.clone(), self.key.clone(), lost.clone());
        let task = tokio::spawn(lease.hold(tell, release));
        match told.await {
            Ok(Ok(true)) => Ok(Some(MutexGuard { release: guard, lost, task })),
            Ok(Ok(false)) => Ok(None),
            Ok(Err(error)) => Err(error),
            // The process ends.
            Err(_) => std::future::pending().await,
        }
    }

    /// Locks the mutex, and waits until it is free. A client whose handler has a time limit waits no
    /// longer than that.
    ///
    /// It may be dropped before it has ended, as [`Mutex::try_lock`].
    ///
    /// # Errors
    ///
    /// The handler's time is up, or a call to the server fails.
    pub async fn lock(&self) -> Result<MutexGuard, KvError> {
        let started = Instant::now();
        let mut waits = ExponentialBuilder::default()
            .with_min_delay(SHORTEST_WAIT)
            .with_max_delay(LONGEST_WAIT)
            .with_jitter()
            .without_max_times()
            .build();
        loop {
            if let Some(guard) = self.try_lock().await? {
                return Ok(guard);
            }
            let wait = Instant::now() + waits.next().unwrap_or(LONGEST_WAIT);
            let deadline = self.client.end_of_handler();
            tokio::time::sleep_until(deadline.map_or(wait, |deadline| deadline.min(wait))).await;
            if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
                let after = started.elapsed();
                return Err(KvError::Locked { key: self.key.clone(), after });
            }
        }
    }
}

/// A locked [`Mutex`]. It is kept locked until this is dropped, or [unlocked](MutexGuard::unlock).
#[derive(Debug)]
pub struct MutexGuard {
    release: DropGuard,
    lost: CancellationToken,
    task: JoinHandle<Result<(), ApiError>>,
}

impl MutexGuard {
    /// Cancelled when the lock was lost while it was held: it could not be refreshed in time, and
    /// another node may have it. Work that must not be done twice at a time stops then.
    #[must_use]
    pub fn lost(&self) -> &CancellationToken {
        &self.lost
    }

    /// Unlocks the mutex, and waits until it is. A guard that is dropped unlocks it as well, a
    /// moment later, and as long as the process lives.
    ///
    /// # Errors
    ///
    /// The call to the server fails; the lock expires within 15 seconds then.
    pub async fn unlock(self) -> Result<(), KvError> {
        drop(self.release);
        match self.task.await {
            Ok(released) => Ok(released?),
            // The process ends.
            Err(_) => std::future::pending().await,
        }
    }
}
