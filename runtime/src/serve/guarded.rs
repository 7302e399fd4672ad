//! The body of a response of a plugin's own service, kept from doing harm: it runs when the call has
//! been answered already, and outside of the call's own isolation.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hookwright::http::{Body, BodyError};
use http::HeaderMap;
use http_body::{Body as HttpBody, Frame};
use tonic::Status;
use tracing::Span;

use crate::isolate::DropCaught;

/// A body whose panic is a status in the trailers, and which holds something until it has ended.
pub(super) struct Guarded<K> {
    /// Gone when it has ended.
    body: DropCaught<Body>,
    /// Whose it is.
    span: Span,
    kept: Option<K>,
}

impl<K> Guarded<K> {
    pub(super) fn new(body: Body, span: Span, kept: K) -> Self {
        Self { body: DropCaught(Some(body)), span, kept: Some(kept) }
    }
}

impl<K: Unpin> HttpBody for Guarded<K> {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let Self { body, span, kept } = self.get_mut();
        let Some(polled) = &mut body.0 else {
            return Poll::Ready(None);
        };
        let poll = || span.in_scope(|| Pin::new(polled).poll_frame(cx));
        // A body that has panicked is not polled again.
        let (frame, has_ended) = match catch_unwind(AssertUnwindSafe(poll)) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(frame)) => {
                let has_ended = !matches!(&frame, Some(Ok(frame)) if !frame.is_trailers());
                (frame, has_ended)
            }
            Err(_panic) => (Some(Ok(Frame::trailers(trailers_of(&panicked())))), true),
        };
        if has_ended {
            span.in_scope(|| *body = DropCaught(None));
            *kept = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.0.as_ref().is_none_or(HttpBody::is_end_stream)
    }
}

/// What a service answers that has panicked; the panic hook has told of it.
pub(super) fn panicked() -> Status {
    Status::internal("the service panicked; see the plugin's log")
}

fn trailers_of(status: &Status) -> HeaderMap {
    let mut trailers = HeaderMap::new();
    // A plain text fits into a header.
    let _ = status.add_header(&mut trailers);
    trailers
}
