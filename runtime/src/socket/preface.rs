//! Connections that have yet to show that they are for us.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::sync::CancellationToken;
use tonic::transport::server::Connected;

use super::refused::connection_refused;

/// What a client says before anything else in HTTP/2.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// How much is shown of what a client says instead.
const SHOWN: usize = 32;

const BROKEN_OFF: &str = "a connection was broken off";

/// How long a client may take for it.
const TIMEOUT: Duration = Duration::from_secs(60);

/// How many may be waited for at a time. The oldest goes when there is one more: whoever means it has
/// spoken long before.
const MOST: usize = 256;

/// Those that are waited for. Who says nothing must not use up what the others need.
#[derive(Debug, Default)]
pub(crate) struct Places {
    oldest_first: VecDeque<Weak<CancellationToken>>,
}

/// The place of one of them, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place(Arc<CancellationToken>);

impl Places {
    pub(crate) fn take(&mut self) -> Place {
        let place = Arc::new(CancellationToken::new());
        if self.oldest_first.len() == MOST {
            self.oldest_first.retain(|place| place.strong_count() > 0);
        }
        if self.oldest_first.len() == MOST
            && let Some(oldest) = self.oldest_first.pop_front().and_then(|oldest| oldest.upgrade())
        {
            oldest.cancel();
        }
        self.oldest_first.push_back(Arc::downgrade(&place));
        Place(place)
    }
}

/// A connection that breaks off when its client has not said who it is in time. At the end of the
/// process there is no time left: nobody is kept waiting for a client that never said a word.
pub(crate) struct AwaitPreface<S, H> {
    io: S,
    host: H,
    /// What of the preface has not been read.
    missing: &'static [u8],
    /// Until the preface has been read: what is not waited for any longer, and why if that is worth
    /// a word.
    given_up: Option<BoxFuture<'static, Option<String>>>,
}

impl<S, H> AwaitPreface<S, H> {
    /// A new connection, with that host at its other end, of a process that has `end` before it.
    pub(crate) fn new(
        io: S,
        host: H,
        place: Place,
        end: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        let given_up = Box::pin(async move {
            tokio::select! {
                ended = tokio::time::timeout(TIMEOUT, end) => ended.err().map(|_| {
                    let seconds = TIMEOUT.as_secs();
                    format!("its client did not say within {seconds} s what it speaks")
                }),
                () = place.0.cancelled() => {
                    Some(format!("{MOST} others were waiting too for their client's first words"))
                }
            }
        });
        Self { io, host, missing: PREFACE, given_up: Some(given_up) }
    }
}

impl<S, H: Clone + Send + Sync + 'static> Connected for AwaitPreface<S, H> {
    /// The host, for each call that comes on the connection.
    type ConnectInfo = H;

    fn connect_info(&self) -> H {
        self.host.clone()
    }
}

impl<S: AsyncRead + Unpin, H: Unpin> AsyncRead for AwaitPreface<S, H> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.io).poll_read(cx, buffer);
        let Some(given_up) = &mut this.given_up else {
            return read;
        };
        let said = buffer.filled().get(before..).unwrap_or_default();
        let (expected, rest) = this.missing.split_at(said.len().min(this.missing.len()));
        if !said.starts_with(expected) {
            let wrong = Bytes::copy_from_slice(said.get(..SHOWN).unwrap_or(said));
            return Poll::Ready(Err(refuse(&format!("it does not speak HTTP/2: {wrong:?}"))));
        }
        let silent = rest.len() == PREFACE.len();
        this.missing = rest;
        if rest.is_empty() {
            this.given_up = None;
            return read;
        }
        match &read {
            Poll::Ready(Ok(())) if said.is_empty() && !silent => {
                connection_refused(BROKEN_OFF, "its client left in the middle of its first words");
            }
            Poll::Ready(_) => {}
            Poll::Pending => match given_up.as_mut().poll(cx) {
                Poll::Ready(Some(reason)) => return Poll::Ready(Err(refuse(&reason))),
                Poll::Ready(None) => {
                    return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
                }
                Poll::Pending => {}
            },
        }
        read
    }
}

fn refuse(reason: &str) -> io::Error {
    connection_refused(BROKEN_OFF, reason);
    io::ErrorKind::ConnectionAborted.into()
}

impl<S: AsyncWrite + Unpin, H: Unpin> AsyncWrite for AwaitPreface<S, H> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, data)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, data)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};
    use tokio::time::Instant;

    use super::*;

    /// What is read after a client has sent this and nothing else.
    async fn read(sent: &[u8], end: impl Future<Output = ()> + Send + 'static) -> io::Result<u8> {
        let (mut client, io) = duplex(64);
        let mut connection = AwaitPreface::new(io, (), Places::default().take(), end);
        client.write_all(sent).await.unwrap();
        connection.read_exact(&mut vec![0; sent.len()]).await.unwrap();
        connection.read_u8().await
    }

    #[tokio::test(start_paused = true)]
    async fn less_than_a_preface_is_given_up_in_time_or_at_the_end_of_the_process() {
        for sent in [&b""[..], &PREFACE[..1], &PREFACE[..PREFACE.len() - 1]] {
            let begun = Instant::now();
            let error = read(sent, ready(())).await.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::ConnectionAborted);
            assert_eq!(begun.elapsed(), Duration::ZERO);
            let error = read(sent, pending()).await.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::ConnectionAborted);
            assert!(begun.elapsed() >= TIMEOUT);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_oldest_of_too_many_is_given_up_and_no_other() {
        let mut places = Places::default();
        let mut clients = Vec::new();
        let mut connections: Vec<_> = (0..=MOST)
            .map(|_| {
                let (client, io) = duplex(64);
                clients.push(client);
                AwaitPreface::new(io, (), places.take(), pending())
            })
            .collect();
        let error = connections.remove(0).read_u8().await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionAborted);
        for connection in &mut connections {
            assert!(futures::poll!(std::pin::pin!(connection.read_u8())).is_pending());
        }
        // Whoever has spoken has no place any more.
        clients[MOST].write_all(PREFACE).await.unwrap();
        let mut read = vec![0; PREFACE.len()];
        connections[MOST - 1].read_exact(&mut read).await.unwrap();
        let _place = places.take();
        assert!(futures::poll!(std::pin::pin!(connections[0].read_u8())).is_pending());
    }

    #[tokio::test(start_paused = true)]
    async fn after_the_preface_a_client_may_be_silent_for_ever() {
        for end in [true, false] {
            let end = async move { if end { ready(()).await } else { pending().await } };
            let waited = tokio::time::timeout(TIMEOUT * 10, read(PREFACE, end)).await;
            assert!(waited.is_err(), "{waited:?}");
        }
    }
}
