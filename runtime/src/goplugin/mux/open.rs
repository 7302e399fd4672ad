//! Opening a stream, so that the other side knows of it before anything else is said.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::io::AsyncWrite as _;
use tokio::sync::oneshot;
use tokio::time::{Sleep, sleep};

use super::{Stream, compat};

/// How long a side may take to say that it has taken a stream. One in Go says so at once; others may
/// have nothing to say before they have read something.
const PATIENCE: Duration = Duration::from_secs(1);

/// A stream that somebody waits for.
pub(super) struct Opening {
    reply: oneshot::Sender<Stream>,
    stream: Option<yamux::Stream>,
    patience: Pin<Box<Sleep>>,
}

impl Opening {
    pub(super) fn new(reply: oneshot::Sender<Stream>) -> Self {
        Self { reply, stream: None, patience: Box::pin(sleep(PATIENCE)) }
    }

    /// Whether there is no stream for it yet.
    pub(super) fn wants_stream(&self) -> bool {
        self.stream.is_none()
    }

    /// Tells the other side of the stream.
    pub(super) fn begin(&mut self, cx: &mut Context<'_>, mut stream: yamux::Stream) {
        say_nothing(cx, &mut stream);
        self.patience = Box::pin(sleep(PATIENCE));
        self.stream = Some(stream);
    }

    /// Whether the other side has taken the stream, or will not say so.
    ///
    /// Two streams under way at a time could be taken for each other: the frames that open them, and
    /// the knocks before those, go through the connection in no order that can be relied on.
    pub(super) fn poll_taken(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match &self.stream {
            Some(stream) if !stream.is_pending_ack() => Poll::Ready(()),
            Some(_) => self.patience.as_mut().poll(cx),
            None => Poll::Pending,
        }
    }

    /// Hands the stream over. Nobody may want it any more; then it is closed.
    pub(super) fn finish(self) {
        if let Some(stream) = self.stream {
            let _ = self.reply.send(compat(stream));
        }
    }
}

/// Writes no bytes. It is by the first frame that a stream is opened or taken, which otherwise waits
/// for something to say; go-plugin's hosts end the connection when that takes long.
pub(super) fn say_nothing(cx: &mut Context<'_>, stream: &mut yamux::Stream) {
    // A new stream has room for it. If it has been closed already, its reader will see that.
    let _ = Pin::new(stream).poll_write(cx, &[]);
}
