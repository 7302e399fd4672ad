//! The body of a request: what the host's messages carry, read as it comes.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures::{FutureExt as _, Stream as _, StreamExt as _};
use hookwright::http::BodyError;
use http_body::{Body, Frame, SizeHint};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tonic::Streaming;

use super::request::decode;

/// How much of a body that nobody reads is thrown away before the host's sender is cut off. Until
/// it has sent all, a host holds the finished response back.
const DISCARDED: usize = 16 * 1024 * 1024;

/// For how long.
const DISCARDED_FOR: Duration = Duration::from_secs(30);

/// A body. Nothing is read ahead, so a slow reader slows the sender.
pub(super) struct Incoming {
    /// Gone when the body has ended or broken off.
    messages: Option<Streaming<Bytes>>,
    /// What the first message carried, until it is read.
    first: Bytes,
    /// Whether the host has said that this is all.
    complete: bool,
    /// How much of its length is still to come, if that is known.
    left: Option<u64>,
    discarding: Discarding,
}

/// Where bodies go that nobody reads to their end.
#[derive(Debug, Clone)]
pub(crate) struct Discarding {
    tasks: TaskTracker,
    stopping: CancellationToken,
}

impl Discarding {
    /// Throws away what comes, until the token is cancelled.
    pub(crate) fn until(stopping: CancellationToken) -> Self {
        Self { tasks: TaskTracker::new(), stopping }
    }
}

impl Incoming {
    /// What is left of a body after the first message. A `length` of 0 or below is not known: a
    /// request that another plugin made may have a body and 0.
    pub(super) fn new(
        messages: Streaming<Bytes>,
        first: Bytes,
        complete: bool,
        length: i64,
        discarding: Discarding,
    ) -> Self {
        let left = u64::try_from(length).ok().filter(|length| *length > 0);
        Self { messages: Some(messages), first, complete, left, discarding }
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyError>>> {
        if !self.first.is_empty() {
            let first = std::mem::take(&mut self.first);
            return Poll::Ready(Some(self.within_length(first)));
        }
        loop {
            let Some(messages) = &mut self.messages else {
                return Poll::Ready(None);
            };
            if self.complete {
                // Told once; what is asked for after an error is nothing.
                return Poll::Ready(self.left.take().filter(|left| *left > 0).map(|left| {
                    Err(format!("the body is {left} bytes shorter than its Content-Length").into())
                }));
            }
            let message = match ready!(Pin::new(messages).poll_next(cx)) {
                Some(Ok(message)) => decode(&message)?,
                // A host that stops without a word has lost its client.
                None => return Poll::Ready(Some(Err("the client went away".into()))),
                Some(Err(status)) => return Poll::Ready(Some(Err(status.into()))),
            };
            if message.init.is_some() {
                return Poll::Ready(Some(Err("a second `init` came".into())));
            }
            self.complete = message.body_complete;
            if !message.body_chunk.is_empty() {
                return Poll::Ready(Some(self.within_length(message.body_chunk)));
            }
        }
    }

    /// Readers rely on a length that they were told.
    fn within_length(&mut self, chunk: Bytes) -> Result<Bytes, BodyError> {
        if let Some(left) = &mut self.left {
            *left = left
                .checked_sub(chunk.len() as u64)
                .ok_or("the body is longer than its Content-Length")?;
        }
        Ok(chunk)
    }
}

impl Body for Incoming {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let chunk = ready!(self.poll_chunk(cx));
        if let Some(Err(error)) = &chunk {
            tracing::info!(%error, "a request broke off");
            self.messages = None;
        }
        Poll::Ready(chunk.map(|chunk| chunk.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        let ended = self.complete && self.left.is_none_or(|left| left == 0);
        self.first.is_empty() && (ended || self.messages.is_none())
    }

    fn size_hint(&self) -> SizeHint {
        match self.left {
            // What the host says is a hint, and not what memory is set aside by.
            Some(left) => SizeHint::with_exact(left),
            None if self.complete => SizeHint::with_exact(self.first.len() as u64),
            None => SizeHint::default(),
        }
    }
}

impl Drop for Incoming {
    /// Reads on after nobody is interested any more, up to a bound.
    fn drop(&mut self) {
        let (Some(messages), Ok(runtime)) = (self.messages.take(), Handle::try_current()) else {
            return;
        };
        let mut discarded = Box::pin(discard(messages, self.complete));
        // A body that has ended, as most have none, needs no task.
        if (&mut discarded).now_or_never().is_some() {
            return;
        }
        let stopping = self.discarding.stopping.clone();
        let bounded = async move {
            let all = tokio::time::timeout(DISCARDED_FOR, discarded);
            let _ = stopping.run_until_cancelled(all).await;
        };
        self.discarding.tasks.spawn_on(bounded, &runtime);
    }
}

async fn discard(mut messages: Streaming<Bytes>, complete: bool) {
    let mut read = 0;
    while let Some(Ok(message)) = messages.next().await {
        if complete {
            tracing::warn!("the host sent more after it had said that the body was complete");
            return;
        }
        read += message.len();
        if read > DISCARDED {
            return;
        }
    }
}
