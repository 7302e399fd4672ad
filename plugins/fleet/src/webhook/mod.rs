//! Tells another server of each event: in their order, with a bound on tries, time and what waits.

mod endpoint;
mod send;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio::time::timeout;

pub use self::endpoint::{BadEndpoint, Endpoint};
use self::send::Sender;

/// How many events may wait to be sent.
const WAITING: usize = 1024;

/// How many bytes they may have together; an event that is larger waits alone.
const BYTES: u32 = 64 * 1024 * 1024;

/// How long the end may take to send what waits.
const AT_THE_END: Duration = Duration::from_secs(3);

/// Why an event is not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotSent {
    /// Too many wait.
    #[error("{0} is too slow: {WAITING} events wait for it, and this one is not sent")]
    TooMany(String),
    /// Those that wait are too large together.
    #[error("{0} is too slow: {BYTES} bytes wait for it at most, and this event is not sent")]
    TooLarge(String),
    /// Nothing is sent any more.
    #[error("the registry is being closed, and this event is not sent to {0}")]
    Closed(String),
}

/// Sends events, one after the other.
#[derive(Debug)]
pub struct Webhook {
    endpoint: Endpoint,
    queue: Mutex<Option<mpsc::Sender<Waiting>>>,
    /// Those that are not sent yet, with the one that is being sent.
    unsent: Arc<AtomicUsize>,
    room: Arc<Semaphore>,
    task: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug)]
struct Waiting {
    document: Bytes,
    _room: OwnedSemaphorePermit,
}

impl Webhook {
    /// Begins to send.
    ///
    /// # Errors
    ///
    /// The certificates of this machine cannot be read, where HTTPS takes them.
    pub fn start(endpoint: &Endpoint) -> std::io::Result<Self> {
        let sender = Sender::new(endpoint.clone())?;
        let (queue, mut waiting) = mpsc::channel::<Waiting>(WAITING);
        let unsent = Arc::new(AtomicUsize::new(0));
        let still_unsent = Arc::clone(&unsent);
        let task = tokio::spawn(async move {
            while let Some(Waiting { document, _room }) = waiting.recv().await {
                sender.send(document).await;
                still_unsent.fetch_sub(1, Ordering::AcqRel);
            }
        });
        Ok(Self {
            endpoint: endpoint.clone(),
            queue: Mutex::new(Some(queue)),
            unsent,
            room: Arc::new(Semaphore::new(BYTES as usize)),
            task: Mutex::new(Some(task)),
        })
    }

    /// Puts an event behind those that wait.
    ///
    /// # Errors
    ///
    /// Too many wait, or too much, or it is closed.
    pub async fn send(&self, document: Vec<u8>) -> Result<(), NotSent> {
        let endpoint = || self.endpoint.to_string();
        let queue = self.queue.lock().await;
        let Some(queue) = queue.as_ref() else {
            count_unsent(1);
            return Err(NotSent::Closed(endpoint()));
        };
        let bytes = u32::try_from(document.len()).unwrap_or(BYTES).min(BYTES);
        let Ok(room) = Arc::clone(&self.room).try_acquire_many_owned(bytes) else {
            count_unsent(1);
            return Err(NotSent::TooLarge(endpoint()));
        };
        // Before it can be sent, so that the count is never below none.
        self.unsent.fetch_add(1, Ordering::AcqRel);
        queue.try_send(Waiting { document: document.into(), _room: room }).map_err(|_| {
            self.unsent.fetch_sub(1, Ordering::AcqRel);
            count_unsent(1);
            NotSent::TooMany(endpoint())
        })
    }

    /// Sends what waits if that does not take long.
    pub async fn close(&self) {
        if self.queue.lock().await.take().is_none() {
            return;
        }
        let Some(mut task) = self.task.lock().await.take() else { return };
        if timeout(AT_THE_END, &mut task).await.is_err() {
            task.abort();
            let unsent = self.unsent.load(Ordering::Acquire);
            dropped(&self.endpoint, unsent, "the registry is closed");
        }
    }
}

/// Counts what is not sent. Where a handler is told so, its error is in the log already.
fn count_unsent(events: usize) {
    let count = u64::try_from(events).unwrap_or(u64::MAX);
    metrics::counter!("fleet_webhook_dropped_total").increment(count);
}

/// Counts and logs what nobody will hear of.
fn dropped(endpoint: &Endpoint, events: usize, why: &str) {
    count_unsent(events);
    tracing::warn!(%endpoint, events, why, "events were not sent to the webhook");
}
