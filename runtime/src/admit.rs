//! Room for synchronous handlers: a bound for each plugin, so that a plugin whose handlers hang
//! takes nothing from the others.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::failure::{Code, Failure};

/// How long a call without a deadline waits for room.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// The bound of one plugin.
#[derive(Debug)]
pub(crate) struct Bulkhead {
    slots: Arc<Semaphore>,
    size: usize,
    /// Handlers that nobody waits for any more but which have not ended; they keep their slots.
    abandoned: AtomicUsize,
}

/// Room for one handler, until it is dropped.
#[derive(Debug)]
pub(crate) struct Slot {
    _permit: OwnedSemaphorePermit,
}

impl Bulkhead {
    pub(crate) fn new(size: usize) -> Arc<Self> {
        let slots = Arc::new(Semaphore::new(size));
        Arc::new(Self { slots, size, abandoned: AtomicUsize::new(0) })
    }

    /// Waits for room, but not past the deadline; and where there is none not without an end, since
    /// the handlers that have the room may never end.
    pub(crate) async fn admit(&self, deadline: Option<Instant>) -> Result<Slot, Failure> {
        let permit = Arc::clone(&self.slots).acquire_owned();
        let until = deadline.unwrap_or_else(|| Instant::now() + LONGEST_WAIT);
        match tokio::time::timeout_at(until, permit).await {
            Ok(Ok(permit)) => Ok(Slot { _permit: permit }),
            _ => Err(self.full()),
        }
    }

    fn full(&self) -> Failure {
        Failure::new(
            Code::ResourceExhausted,
            format!(
                "no room to run the handler in time: the plugin's {} synchronous handlers are all busy, {} of them past their time limit",
                self.size,
                self.abandoned()
            ),
        )
    }

    pub(crate) fn abandoned(&self) -> usize {
        self.abandoned.load(Ordering::Relaxed)
    }

    pub(crate) fn abandon(&self) -> usize {
        self.abandoned.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn ended(&self) -> usize {
        self.abandoned.fetch_sub(1, Ordering::Relaxed) - 1
    }
}
