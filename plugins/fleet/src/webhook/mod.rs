//! Tells another server of each event: in their order, with a bound on tries, time and what waits.

mod endpoint;
mod send;

use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;
use tokio::time::timeout;

pub use self::endpoint::{BadEndpoint, Endpoint};
use self::send::Sender;

/// How many events may wait to be sent.
const WAITING: usize = 1024;

/// How long the end may take to send what waits.
const AT_THE_END: Duration = Duration::from_secs(3);

/// Why an event is not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{endpoint} is too slow: {WAITING} events wait for it, and this one is not sent")]
pub struct Full {
    endpoint: String,
}

/// Sends events, one after the other.
#[derive(Debug)]
pub struct Webhook {
    endpoint: Endpoint,
    queue: Mutex<Option<mpsc::Sender<Bytes>>>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Webhook {
    /// Begins to send.
    ///
    /// # Errors
    ///
    /// The certificates of this machine cannot be read, where HTTPS takes them.
    pub fn start(endpoint: &Endpoint) -> std::io::Result<Self> {
        let sender = Sender::new(endpoint.clone())?;
        let (queue, mut waiting) = mpsc::channel::<Bytes>(WAITING);
        let task = tokio::spawn(async move {
            while let Some(document) = waiting.recv().await {
                sender.send(document).await;
            }
        });
        Ok(Self {
            endpoint: endpoint.clone(),
            queue: Mutex::new(Some(queue)),
            task: Mutex::new(Some(task)),
        })
    }

    /// Puts an event behind those that wait.
    ///
    /// # Errors
    ///
    /// Too many wait.
    pub async fn send(&self, document: Vec<u8>) -> Result<(), Full> {
        let queue = self.queue.lock().await;
        match queue.as_ref().map(|queue| queue.try_send(document.into())) {
            Some(Ok(())) => Ok(()),
            Some(Err(_)) | None => {
                dropped(&self.endpoint, 1, "too many wait");
                Err(Full { endpoint: self.endpoint.to_string() })
            }
        }
    }

    /// Sends what waits if that does not take long.
    pub async fn close(&self) {
        let Some(queue) = self.queue.lock().await.take() else { return };
        let waiting = WAITING.saturating_sub(queue.capacity());
        drop(queue);
        let Some(mut task) = self.task.lock().await.take() else { return };
        if timeout(AT_THE_END, &mut task).await.is_err() {
            task.abort();
            dropped(&self.endpoint, waiting.max(1), "the registry is closed");
        }
    }
}

/// Counts and logs what nobody will hear of.
fn dropped(endpoint: &Endpoint, events: usize, why: &str) {
    let count = u64::try_from(events).unwrap_or(u64::MAX);
    metrics::counter!("fleet_webhook_dropped_total").increment(count);
    tracing::warn!(%endpoint, events, why, "events were not sent to the webhook");
}
