//! One connection, and the streams on it.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio_util::task::AbortOnDropHandle;
use tokio_yamux::{Config, Control, StreamHandle};

use crate::{SessionError, Stream};

/// How many streams may be opened at a time that the other side has not answered on. A side in Go
/// resets what goes beyond 256 that it has not accepted.
pub const MOST_DIALS: usize = 128;

/// How many streams of the other side may wait to be taken.
const WAITING: usize = 256;

/// How long a connection is kept on which we have said that no more is taken. A write to it has no
/// bound of its own: a host that reads nothing is one that has gone, or ends by itself.
const PATIENCE: Duration = Duration::from_secs(30);

/// One connection. Clones are the same; it ends with the last of them, and with the other side.
#[derive(Debug, Clone)]
pub struct Session {
    control: Control_,
    dials: Arc<Semaphore>,
    ended: watch::Receiver<Option<Arc<io::Error>>>,
    _driver: Arc<AbortOnDropHandle<()>>,
}

/// [`Control`], which has no `Debug`.
#[derive(Clone)]
struct Control_(Control);

impl std::fmt::Debug for Control_ {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Control")
    }
}

/// The streams that the other side opens.
#[derive(Debug)]
pub struct Incoming {
    streams: mpsc::Receiver<StreamHandle>,
}

impl Incoming {
    /// The next one; none when the session has ended.
    pub async fn next(&mut self) -> Option<Stream> {
        self.streams.recv().await.map(Stream::new)
    }
}

impl Session {
    /// The side that has accepted the connection, as a plugin does.
    pub fn server<T>(connection: T) -> (Self, Incoming)
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        Self::over(tokio_yamux::Session::new_server(connection, config()))
    }

    /// The side that has made the connection, as a host does.
    pub fn client<T>(connection: T) -> (Self, Incoming)
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        Self::over(tokio_yamux::Session::new_client(connection, config()))
    }

    fn over<T>(mut session: tokio_yamux::Session<T>) -> (Self, Incoming)
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let control = Control_(session.control());
        let (sender, streams) = mpsc::channel(WAITING);
        let (end, ended) = watch::channel(None);
        let driver = async move {
            let why = loop {
                match session.next().await {
                    // Beyond what may wait it is reset, by being dropped: the others go on.
                    Some(Ok(stream)) => drop(sender.try_send(stream)),
                    Some(Err(error)) => break error,
                    None => break io::ErrorKind::UnexpectedEof.into(),
                }
            };
            tracing::debug!(%why, "a session has ended");
            let _ = end.send(Some(Arc::new(why)));
        };
        let driver = Arc::new(AbortOnDropHandle::new(tokio::spawn(driver)));
        let dials = Arc::new(Semaphore::new(MOST_DIALS));
        (Self { control, dials, ended, _driver: driver }, Incoming { streams })
    }

    /// Opens a stream and writes what it begins with. That goes out at once: a side in Go may wait for
    /// the first bytes of one stream before it looks at the next.
    ///
    /// The permit is to be held until the other side has said something on the stream.
    ///
    /// # Errors
    ///
    /// The session has ended.
    pub async fn open(&self, first: &[u8]) -> Result<(Stream, OwnedSemaphorePermit), SessionError> {
        let permit =
            Arc::clone(&self.dials).acquire_owned().await.map_err(|_| SessionError::Ended)?;
        let opened = self.control.clone().0.open_stream().await;
        let mut stream = Stream::new(opened.map_err(|_| SessionError::Ended)?);
        stream.write_all(first).await?;
        Ok((stream, permit))
    }

    /// Waits until the session has ended.
    pub async fn ended(&self) -> SessionError {
        let mut ended = self.ended.clone();
        match ended.wait_for(Option::is_some).await.ok().and_then(|why| why.clone()) {
            Some(why) if why.kind() != io::ErrorKind::UnexpectedEof => {
                SessionError::Broken(io::Error::new(why.kind(), why.to_string()))
            }
            _ => SessionError::Ended,
        }
    }
}

fn config() -> Config {
    Config {
        accept_backlog: WAITING,
        connection_write_timeout: PATIENCE,
        // The window of Go's library, which never changes it. Frames are no larger than that.
        max_stream_window_size: 256 * 1024,
        max_stream_count: 16 * 1024,
        ..Config::default()
    }
}
