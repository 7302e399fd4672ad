//! The broker of one host, as a handler that is called by it sees it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use hookwright::broker::{Broker, BrokerError, Connection, Listener, Transport};
use tokio::sync::watch;
use tokio::time::timeout;

use super::{PATIENCE, Session, Way, accept, dial};

/// The broker of the host at the other end of a connection.
#[derive(Debug)]
pub(crate) struct HostBroker {
    pub(super) way: Way,
    used_ids: AtomicU32,
    stream: watch::Sender<Stream>,
}

/// The stream that the host has to open.
#[derive(Debug)]
enum Stream {
    NotYet,
    Open(Arc<Session>),
    Ended,
}

impl HostBroker {
    pub(crate) fn new(way: Way) -> Arc<Self> {
        let (stream, _) = watch::channel(Stream::NotYet);
        Arc::new(Self { way, used_ids: AtomicU32::new(0), stream })
    }

    /// For handlers.
    pub(crate) fn of_calls(self: &Arc<Self>) -> Broker {
        Broker::new(Arc::clone(self) as Arc<dyn Transport>)
    }

    /// The host has opened this stream. If it had another one, that goes on, but is used no more.
    pub(super) fn opened(&self, session: &Arc<Session>) {
        self.stream.send_replace(Stream::Open(Arc::clone(session)));
    }

    /// This stream has ended.
    pub(super) fn ended(&self, session: &Arc<Session>) {
        self.stream.send_if_modified(|stream| {
            let current = matches!(stream, Stream::Open(open) if Arc::ptr_eq(open, session));
            if current {
                *stream = Stream::Ended;
            }
            current
        });
    }

    /// The host's stream. It is opened beside the first calls, so that those may be here before it.
    async fn session(&self, id: u32) -> Result<Arc<Session>, BrokerError> {
        let mut stream = self.stream.subscribe();
        let known = stream.wait_for(|stream| !matches!(stream, Stream::NotYet));
        let Ok(known) = timeout(PATIENCE, known).await else {
            return Err(BrokerError::NoStream { id, seconds: PATIENCE.as_secs() });
        };
        match known.as_deref() {
            Ok(Stream::Open(session)) => Ok(Arc::clone(session)),
            _ => Err(BrokerError::Ended { id }),
        }
    }
}

#[async_trait::async_trait]
impl Transport for HostBroker {
    fn next_id(&self) -> u32 {
        self.used_ids.fetch_add(1, Ordering::Relaxed).wrapping_add(1)
    }

    async fn accept(&self, id: u32) -> Result<Listener, BrokerError> {
        accept::accept(&self.way, &self.session(id).await?, id).await
    }

    async fn dial(&self, id: u32) -> Result<Connection, BrokerError> {
        let session = self.session(id).await?;
        dial::dial(&self.way, &session, id).await
    }
}
