//! go-plugin's broker over net/rpc: a stream begins with the id that it is for, four bytes, least
//! significant first, and whoever accepts it sends the id back.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use hookwright::broker::{BrokerError, Connection, Listener, Transport};
use hookwright_gob::Value;
use hookwright_netrpc::{Incoming, Session, Stream};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// How long one side waits for the other.
const MEETING: Duration = Duration::from_secs(5);

/// Streams between this process and one host, by ids.
#[derive(Debug)]
pub(super) struct Broker {
    session: Session,
    last: AtomicU32,
    meetings: Mutex<HashMap<u32, Meeting>>,
}

/// Where a stream of the host and who accepts it meet. The first to come waits for the other.
#[derive(Debug)]
enum Meeting {
    Expected(oneshot::Sender<Stream>),
    /// Whoever comes leaves here where the stream is wanted.
    Arrived(oneshot::Sender<oneshot::Sender<Stream>>),
}

/// Somebody who waits for a stream. When that is given up, the id is free again.
struct Waiting<'a> {
    broker: &'a Broker,
    id: u32,
    arriving: oneshot::Receiver<Stream>,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.arriving.close();
        // By now it may be expected by somebody else, who has not closed.
        if let Entry::Occupied(place) = self.broker.meetings().entry(self.id)
            && matches!(place.get(), Meeting::Expected(given_up) if given_up.is_closed())
        {
            place.remove();
        }
    }
}

impl Broker {
    pub(super) fn new(session: Session) -> Arc<Self> {
        Arc::new(Self { session, last: AtomicU32::new(0), meetings: Mutex::default() })
    }

    /// The session that the streams are on.
    pub(super) fn session(&self) -> &Session {
        &self.session
    }

    /// An id of ours; the first is 1.
    pub(super) fn next_id(&self) -> u32 {
        self.last.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Connects to an id of the host's.
    pub(super) async fn dial(&self, id: u32) -> io::Result<Stream> {
        let dialed = async {
            let opened = self.session.open(&id.to_le_bytes()).await;
            let (mut stream, _dial) = opened.map_err(io::Error::other)?;
            let mut echo = [0; 4];
            stream.read_exact(&mut echo).await?;
            match u32::from_le_bytes(echo) {
                echo if echo == id => Ok(stream),
                echo => Err(io::Error::other(format!("the host took it for {echo}"))),
            }
        };
        let late = |_| Err(io::Error::new(io::ErrorKind::TimedOut, "the host does not accept it"));
        timeout(MEETING, dialed).await.unwrap_or_else(late)
    }

    /// Waits for the host to dial an id.
    ///
    /// # Errors
    ///
    /// The host did not dial it in time, or somebody else waits for it.
    pub(super) async fn accept(&self, id: u32) -> io::Result<Stream> {
        let mut waiting = self.wait_for(id)?;
        let stream = timeout(MEETING, &mut waiting.arriving).await;
        let Some(mut stream) = stream.ok().and_then(Result::ok) else {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "the host did not dial it"));
        };
        stream.write_all(&id.to_le_bytes()).await?;
        Ok(stream)
    }

    fn wait_for(&self, id: u32) -> io::Result<Waiting<'_>> {
        let (sender, arriving) = oneshot::channel();
        match self.meetings().entry(id) {
            Entry::Vacant(place) => drop(place.insert(Meeting::Expected(sender))),
            Entry::Occupied(place) if matches!(place.get(), Meeting::Expected(_)) => {
                let text = "it is waited for already";
                return Err(io::Error::new(io::ErrorKind::AlreadyExists, text));
            }
            Entry::Occupied(place) => {
                if let Meeting::Arrived(waiting) = place.remove() {
                    let _ = waiting.send(sender);
                }
            }
        }
        Ok(Waiting { broker: self, id, arriving })
    }

    /// Takes the streams that the host opens, until there are no more.
    pub(super) async fn take(self: Arc<Self>, mut incoming: Incoming) {
        let mut arriving = JoinSet::new();
        loop {
            tokio::select! {
                stream = incoming.next() => match stream {
                    Some(stream) => drop(arriving.spawn(Arc::clone(&self).arrived(stream))),
                    None => return,
                },
                Some(_) = arriving.join_next() => {}
            }
        }
    }

    async fn arrived(self: Arc<Self>, mut stream: Stream) {
        let mut id = [0; 4];
        if !matches!(timeout(MEETING, stream.read_exact(&mut id)).await, Ok(Ok(_))) {
            return;
        }
        let id = u32::from_le_bytes(id);
        let (sender, mut claimed) = oneshot::channel();
        let expected = match self.meetings().entry(id) {
            Entry::Occupied(place) if matches!(place.get(), Meeting::Expected(_)) => {
                Some(place.remove())
            }
            Entry::Occupied(_) => return,
            Entry::Vacant(place) => {
                place.insert(Meeting::Arrived(sender));
                None
            }
        };
        if let Some(Meeting::Expected(waiting)) = expected {
            let _ = waiting.send(stream);
            return;
        }
        // What the host sends on it meanwhile holds up nobody else.
        let claim = tokio::select! {
            () = stream.hold() => None,
            claim = &mut claimed => claim.ok(),
            () = tokio::time::sleep(MEETING) => None,
        };
        if let Some(claim) = claim {
            let _ = claim.send(stream);
            return;
        }
        // What is still there, nobody came for.
        if let Entry::Occupied(place) = self.meetings().entry(id)
            && matches!(place.get(), Meeting::Arrived(_))
        {
            place.remove();
        }
    }

    fn meetings(&self) -> MutexGuard<'_, HashMap<u32, Meeting>> {
        // Each change is one insertion or removal.
        self.meetings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The id that a call has for a stream; none where there is no such stream.
pub(super) fn id_of(arguments: &Value, name: &str) -> Option<u32> {
    let id = arguments.get(name).and_then(Value::as_u64)?;
    u32::try_from(id).ok().filter(|id| *id != 0)
}

fn failed(id: u32, error: &io::Error) -> BrokerError {
    match error.kind() {
        io::ErrorKind::AlreadyExists => BrokerError::Taken { id },
        io::ErrorKind::TimedOut => BrokerError::Timeout { id, seconds: MEETING.as_secs() },
        _ => BrokerError::Ended { id },
    }
}

/// What plugins see of it.
#[async_trait]
impl Transport for Broker {
    fn next_id(&self) -> u32 {
        Self::next_id(self)
    }

    async fn accept(&self, id: u32) -> Result<Listener, BrokerError> {
        let stream = Self::accept(self, id).await.map_err(|error| failed(id, &error))?;
        let connection = Connection::new(Box::new(stream));
        Ok(Listener::new(id, futures::stream::iter([connection])))
    }

    async fn dial(&self, id: u32) -> Result<Connection, BrokerError> {
        let stream = Self::dial(self, id).await.map_err(|error| failed(id, &error))?;
        Ok(Connection::new(Box::new(stream)))
    }
}

#[cfg(test)]
mod tests;
