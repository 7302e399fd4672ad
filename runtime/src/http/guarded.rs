//! A response's body, kept from doing harm: it runs while the call does, and outside the handler's
//! own isolation.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hookwright::http::{Body, BodyError};
use http_body::{Body as HttpBody, Frame, SizeHint};

use crate::isolate::DropCaught;
use crate::running::Running;

/// A body whose panics are errors, and which holds something until it has ended.
pub(super) struct Guarded<K> {
    /// Gone when it has ended.
    body: DropCaught<Body>,
    /// Whose it is.
    running: Running,
    kept: Option<K>,
}

impl<K> Guarded<K> {
    pub(super) fn new(body: Body, running: Running, kept: K) -> Self {
        Self { body: DropCaught(Some(body)), running, kept: Some(kept) }
    }
}

impl<K: Unpin> HttpBody for Guarded<K> {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let Self { body, running, kept } = self.get_mut();
        let Some(polled) = &mut body.0 else {
            return Poll::Ready(None);
        };
        // A body that has panicked is not polled again.
        let poll = || running.poll(|| Pin::new(polled).poll_frame(cx));
        let frame = match catch_unwind(AssertUnwindSafe(poll)) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(frame)) => frame,
            Err(_panic) => Some(Err("the response's body panicked".into())),
        };
        if let Some(Err(error)) = &frame {
            running.apart(|| tracing::error!(%error, "a response broke off"));
        }
        if !matches!(frame, Some(Ok(_))) {
            running.apart(|| *body = DropCaught(None));
            *kept = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.0.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.0.as_ref().map(HttpBody::size_hint).unwrap_or_default()
    }
}
