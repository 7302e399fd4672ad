//! A host that has all its connections through one socket.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::io::AsyncWrite as _;
use hookwright::broker::Io;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::compat::{Compat, FuturesAsyncReadCompatExt as _, TokioAsyncReadCompatExt as _};
use yamux::{Config, Connection, ConnectionError, Mode};

use crate::PATIENCE;

/// A stream of the one connection.
pub type Stream = Compat<yamux::Stream>;

/// One side of a multiplexed connection.
#[derive(Debug)]
pub struct MuxHost {
    opens: mpsc::Sender<oneshot::Sender<Stream>>,
    /// What the plugin has opened, and the stream's number.
    accepted: mpsc::Receiver<(u32, Stream)>,
    driver: JoinHandle<Result<(), ConnectionError>>,
}

impl MuxHost {
    /// Speaks yamux on a connection, as go-plugin's hosts do.
    #[must_use]
    pub fn new(socket: impl Io + 'static) -> Self {
        let (opens, mut opened) = mpsc::channel::<oneshot::Sender<Stream>>(16);
        let (accepts, accepted) = mpsc::channel(16);
        let socket: Box<dyn Io> = Box::new(socket);
        let mut connection = Connection::new(socket.compat(), Config::default(), Mode::Client);
        let mut waiting = None;
        let driver = tokio::spawn(poll_fn(move |cx| {
            loop {
                if waiting.is_none()
                    && let Poll::Ready(Some(reply)) = opened.poll_recv(cx)
                {
                    waiting = Some(reply);
                }
                if let Some(reply) = waiting.take() {
                    match connection.poll_new_outbound(cx)? {
                        Poll::Ready(stream) => {
                            let _ = reply.send(known(cx, stream));
                            continue;
                        }
                        Poll::Pending => waiting = Some(reply),
                    }
                }
                match connection.poll_next_inbound(cx) {
                    Poll::Ready(Some(Ok(stream))) => {
                        let number = stream.id().val();
                        let _ = accepts.try_send((number, known(cx, stream)));
                    }
                    Poll::Ready(Some(Err(error))) => return Poll::Ready(Err(error)),
                    Poll::Ready(None) => return Poll::Ready(Ok(())),
                    Poll::Pending => return Poll::Pending,
                }
            }
        }));
        Self { opens, accepted, driver }
    }

    /// Opens a stream.
    ///
    /// # Panics
    ///
    /// If the connection has ended.
    pub async fn open(&self) -> Stream {
        let (reply, stream) = oneshot::channel();
        self.opens.send(reply).await.expect("the connection is open");
        stream.await.expect("the connection is open")
    }

    /// The stream that the plugin opens next.
    ///
    /// # Panics
    ///
    /// If it opens none, or with a number of ours.
    pub async fn accept(&mut self) -> Stream {
        let accepted = tokio::time::timeout(PATIENCE, self.accepted.recv()).await;
        let (number, stream) = accepted.expect("it opens one").expect("the connection is open");
        assert_eq!(number % 2, 0, "even numbers are the plugin's");
        stream
    }

    /// Whether the plugin has opened a stream that nobody has accepted yet.
    #[must_use]
    pub fn has_more(&self) -> bool {
        !self.accepted.is_empty()
    }

    /// Waits until the connection has ended.
    ///
    /// # Panics
    ///
    /// If it does not end, or breaks off.
    pub async fn ended(self) {
        let ended = tokio::time::timeout(PATIENCE, self.driver).await.expect("it ends");
        ended.expect("no panic").expect("in order");
    }
}

/// Tells the other side of a stream, or that it was taken, before there is something to say.
fn known(cx: &mut Context<'_>, mut stream: yamux::Stream) -> Stream {
    let _ = Pin::new(&mut stream).poll_write(cx, &[]);
    stream.compat()
}
