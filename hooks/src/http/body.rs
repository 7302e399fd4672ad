//! A body: bytes that come as a stream.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Empty, Full, LengthLimitError, Limited, StreamBody};

use crate::error::{Error, Result};

/// Why a body ended before its end.
pub type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// The body of a request or a response.
///
/// ```
/// use hookwright::http::Body;
///
/// # futures::executor::block_on(async {
/// let body = Body::from_stream(futures::stream::iter(["one, ", "two"].map(Ok)));
/// assert_eq!(body.bytes(1024).await?, "one, two");
/// # anyhow::Ok(()) }).unwrap();
/// ```
pub struct Body {
    inner: UnsyncBoxBody<Bytes, BodyError>,
}

impl Body {
    /// Any other body.
    pub fn new<B>(body: B) -> Self
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BodyError>,
    {
        Self { inner: body.map_err(Into::into).boxed_unsync() }
    }

    /// No bytes at all.
    #[must_use]
    pub fn empty() -> Self {
        Self::new(Empty::new())
    }

    /// Bytes as they come. Each piece is sent on at once when the next one is not there yet.
    pub fn from_stream<B, S>(stream: S) -> Self
    where
        B: Into<Bytes>,
        S: Stream<Item = Result<B, BodyError>> + Send + 'static,
    {
        Self::new(StreamBody::new(stream.map(|piece| piece.map(|bytes| Frame::data(bytes.into())))))
    }

    /// All of it, if it is not more than `limit` bytes.
    ///
    /// # Errors
    ///
    /// It is more, or it ended before its end: the client went away.
    pub async fn bytes(self, limit: usize) -> Result<Bytes> {
        match Limited::new(self, limit).collect().await {
            Ok(all) => Ok(all.to_bytes()),
            Err(error) if error.is::<LengthLimitError>() => {
                Err(Error::invalid(format!("the body is larger than {limit} bytes")))
            }
            Err(error) => Err(anyhow::anyhow!(error).context("the body broke off")),
        }
    }

    /// The same for a handler that is not async.
    ///
    /// # Errors
    ///
    /// As [`Self::bytes`].
    pub fn bytes_blocking(self, limit: usize) -> Result<Bytes> {
        futures::executor::block_on(self.bytes(limit))
    }

    /// The pieces as they come, each as soon as it is there.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, BodyError>> + Send {
        self.inner.into_data_stream()
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        Pin::new(&mut self.inner).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl Default for Body {
    fn default() -> Self {
        Self::empty()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").field("size", &self.size_hint()).finish()
    }
}

macro_rules! full_bodies {
    ($($from:ty),+) => {
        $(impl From<$from> for Body {
            fn from(whole: $from) -> Self {
                Self::new(Full::new(Bytes::from(whole)))
            }
        })+
    };
}

full_bodies!(&'static str, &'static [u8], String, Vec<u8>, Bytes);
