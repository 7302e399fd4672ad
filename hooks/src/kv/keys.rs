//! The keys of the store, page by page.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::stream::{self, BoxStream, Stream, StreamExt as _, TryStreamExt as _};

use super::key::INTERNAL;
use super::{Kv, KvError};

/// As many as Go's library asks for at once.
const PAGE: i32 = 1000;

/// Keys of the store, asked for page by page as they are taken: a [`Stream`], as
/// [`Listing`](crate::api::Listing) is, that ends with the last key or the first error.
#[must_use = "nothing is asked for until a key is"]
pub struct Keys(BoxStream<'static, Result<String, KvError>>);

impl Keys {
    /// The next key; nothing after the last one, and after an error.
    pub async fn next(&mut self) -> Option<Result<String, KvError>> {
        self.0.next().await
    }

    /// All keys.
    ///
    /// # Errors
    ///
    /// A page could not be had.
    pub async fn all(self) -> Result<Vec<String>, KvError> {
        self.0.try_collect().await
    }
}

impl Stream for Keys {
    type Item = Result<String, KvError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(context)
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").finish_non_exhaustive()
    }
}

impl Kv {
    /// All keys of the binary, in the order of the server, less the server's own.
    ///
    /// The server counts keys off from the first. A key that is deleted while they are being listed
    /// makes a later one be left out; whoever deletes what this lists collects it first.
    pub fn keys(&self) -> Keys {
        self.keys_with_prefix("")
    }

    /// The keys that begin with a text; all are looked at, since the server has no index of them.
    ///
    /// ```
    /// use hookwright::prelude::*;
    ///
    /// # async fn example(cx: &Context) -> Result<()> {
    /// let kv = cx.api().kv();
    /// for draft in kv.keys_with_prefix("draft_").all().await? {
    ///     kv.delete(&draft).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn keys_with_prefix(&self, prefix: &str) -> Keys {
        let (client, prefix) = (self.client.clone(), prefix.to_owned());
        let pages = stream::try_unfold(Some(0), move |page| {
            let client = client.clone();
            async move {
                let Some(page) = page else { return Ok(None) };
                let keys = client.kv_list(page, PAGE).await?;
                let next = (keys.len() >= PAGE as usize).then_some(page + 1);
                Ok::<_, KvError>(Some((keys, next)))
            }
        });
        let keys = pages
            .map_ok(|keys| stream::iter(keys.into_iter().map(Ok)))
            .try_flatten()
            .try_filter(move |key| {
                let wanted = key.starts_with(&prefix) && !key.starts_with(INTERNAL);
                std::future::ready(wanted)
            });
        Keys(keys.boxed())
    }
}
