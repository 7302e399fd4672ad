//! One stream of a session.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio_yamux::StreamHandle;
use tokio_yamux::stream::StreamState;

/// One stream of a session. To be ended well it is shut down; that is a half-close, after which the
/// other side may still write. One that is dropped without it is reset.
///
/// It has to be read, or held: a few pieces that nobody takes hold up all the other streams of the
/// session, and only who reads hears how much more the other side takes. Once the other side has closed
/// its half, it takes what there was room for then, and what goes beyond fails.
#[derive(Debug)]
pub struct Stream {
    handle: StreamHandle,
}

impl Stream {
    pub(crate) fn new(handle: StreamHandle) -> Self {
        Self { handle }
    }

    /// Says that nothing more will be written, and lets the other side take what was.
    pub async fn close(mut self) {
        // It fails where the session has ended, and then there is nothing to close.
        let _ = self.handle.shutdown().await;
    }

    /// Two halves, of which the first has to be read or held for as long as the second lives.
    #[must_use]
    pub fn split(self) -> (ReadHalf, WriteHalf) {
        let shared = Arc::new(Mutex::new(self.handle));
        (ReadHalf { shared: Arc::clone(&shared) }, WriteHalf { shared })
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.handle).poll_read(cx, buf)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        match poll_write(&mut self.handle, cx, data) {
            Poll::Pending => {
                // Who writes and does not read would never hear of more room.
                hold(&mut self.handle, cx);
                poll_write(&mut self.handle, cx, data)
            }
            written => written,
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.handle).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.handle).poll_shutdown(cx)
    }
}

/// The half of a stream that is read.
#[derive(Debug)]
pub struct ReadHalf {
    shared: Arc<Mutex<StreamHandle>>,
}

impl ReadHalf {
    /// Keeps the stream from holding up others while it is not read, until the other side closes its
    /// half. It never ends; the other side can send a window's worth meanwhile.
    pub async fn hold(&mut self) {
        poll_fn(|cx| {
            hold(&mut lock(&self.shared), cx);
            Poll::Pending
        })
        .await
    }
}

impl AsyncRead for ReadHalf {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut *lock(&self.shared)).poll_read(cx, buf)
    }
}

/// The half of a stream that is written.
#[derive(Debug)]
pub struct WriteHalf {
    shared: Arc<Mutex<StreamHandle>>,
}

impl WriteHalf {
    /// The same half, for who takes turns with this one.
    pub(crate) fn share(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl AsyncWrite for WriteHalf {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        poll_write(&mut lock(&self.shared), cx, data)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *lock(&self.shared)).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *lock(&self.shared)).poll_shutdown(cx)
    }
}

fn poll_write(
    handle: &mut StreamHandle,
    cx: &mut Context<'_>,
    data: &[u8],
) -> Poll<io::Result<usize>> {
    // An empty frame would go out that nobody asked for.
    if data.is_empty() {
        return Poll::Ready(Ok(0));
    }
    let written = Pin::new(&mut *handle).poll_write(cx, data);
    // After the other side has closed its half, nothing more is heard of it: of no room either.
    if written.is_pending() && handle.state() == StreamState::RemoteClosing {
        return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
    }
    written
}

/// Takes in what has come, and wakes when more does. The other side is not told that it was taken.
fn hold(handle: &mut StreamHandle, cx: &mut Context<'_>) {
    // It says whether there is something to read, which is for the reader to find.
    let _ = handle.poll_peek(cx, &mut ReadBuf::new(&mut [0]));
}

fn lock(shared: &Mutex<StreamHandle>) -> MutexGuard<'_, StreamHandle> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
