//! The keys of the store, page by page.

use futures::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};

use super::key::INTERNAL;
use super::{Kv, KvError};

/// As many as Go's library asks for at once.
const PAGE: i32 = 1000;

impl Kv {
    /// All keys of the binary, in the order of the server, less the server's own.
    ///
    /// The server counts keys off from the first. A key that is deleted while they are being listed
    /// makes a later one be left out; whoever deletes what this lists collects it first.
    #[must_use]
    pub fn keys(&self) -> BoxStream<'static, Result<String, KvError>> {
        self.keys_with_prefix("")
    }

    /// The keys that begin with a text; all are looked at, since the server has no index of them.
    ///
    /// ```
    /// use futures::TryStreamExt as _;
    /// use hookwright::prelude::*;
    ///
    /// # async fn example(cx: &Context) -> Result<()> {
    /// let kv = cx.api().kv();
    /// let drafts: Vec<String> = kv.keys_with_prefix("draft_").try_collect().await?;
    /// for draft in drafts {
    ///     kv.delete(&draft).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn keys_with_prefix(&self, prefix: &str) -> BoxStream<'static, Result<String, KvError>> {
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
        pages
            .map_ok(|keys| stream::iter(keys.into_iter().map(Ok)))
            .try_flatten()
            .try_filter(move |key| {
                let wanted = key.starts_with(&prefix) && !key.starts_with(INTERNAL);
                std::future::ready(wanted)
            })
            .boxed()
    }
}
