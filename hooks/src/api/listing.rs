//! All items of a method that replies by pages.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::stream::{self, BoxStream, Stream, StreamExt as _, TryStreamExt as _};

use super::{ApiError, Client};
use crate::proto::{Bot, BotGetOptions, Post, PostList};

/// How many items are asked for at a time. The server cuts none of its pages shorter than this.
pub(super) const PER_PAGE: i32 = 100;

/// What a method lists, from the first page to the last one, asked for page by page as the items
/// are taken.
///
/// It is a [`Stream`] that ends with the first page that is not full, or with the first error. What
/// is added or removed meanwhile may be missed or come twice, as with any listing by pages. Calls
/// have the limits of the client that the listing is of.
#[must_use = "nothing is asked for until an item is"]
pub struct Listing<T>(BoxStream<'static, Result<T, ApiError>>);

impl<T: Send + 'static> Listing<T> {
    /// Lists what a call gives for each page, which count from 0.
    pub(super) fn new<P, F>(fetch: impl Fn(i32) -> F + Send + 'static) -> Self
    where
        P: Page<Item = T> + 'static,
        F: Future<Output = Result<P, ApiError>> + Send + 'static,
    {
        let pages = stream::try_unfold(Some(0), move |page| {
            let fetched = page.map(&fetch);
            async move {
                let Some(fetched) = fetched else { return Ok(None) };
                let items = fetched.await?;
                let full = items.count() >= usize::try_from(PER_PAGE).unwrap_or_default();
                let next = page.filter(|_| full).and_then(|page| page.checked_add(1));
                Ok(Some((stream::iter(items.into_items().into_iter().map(Ok)), next)))
            }
        });
        Self(pages.try_flatten().boxed())
    }

    /// The next item; nothing after the last one, and after an error.
    pub async fn next(&mut self) -> Option<Result<T, ApiError>> {
        self.0.next().await
    }

    /// All items.
    ///
    /// # Errors
    ///
    /// A page could not be had.
    pub async fn all(self) -> Result<Vec<T>, ApiError> {
        self.0.try_collect().await
    }
}

impl<T> Stream for Listing<T> {
    type Item = Result<T, ApiError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(context)
    }
}

impl<T> fmt::Debug for Listing<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listing").finish_non_exhaustive()
    }
}

/// One page of a listing.
pub trait Page {
    /// What is listed.
    type Item: Send + 'static;

    /// How many items it has, of as many as were asked for.
    fn count(&self) -> usize;

    /// Its items in their order.
    fn into_items(self) -> Vec<Self::Item>;
}

impl<T: Send + 'static> Page for Vec<T> {
    type Item = T;

    fn count(&self) -> usize {
        self.len()
    }

    fn into_items(self) -> Self {
        self
    }
}

impl Page for PostList {
    type Item = Post;

    fn count(&self) -> usize {
        self.order.len()
    }

    /// Without those that came along because a post replies to them.
    fn into_items(mut self) -> Vec<Post> {
        self.order.iter().filter_map(|id| self.posts.remove(id)).collect()
    }
}

/// The same posts, the last of them first.
pub(super) fn reversed(mut page: PostList) -> PostList {
    page.order.reverse();
    page
}

impl Client {
    /// What [`get_bots`](Self::get_bots) lists, page after page. Whatever page the options have is
    /// not looked at.
    pub fn get_bots_stream(&self, options: BotGetOptions) -> Listing<Bot> {
        let client = self.clone();
        Listing::new(move |page| {
            let client = client.clone();
            let options = BotGetOptions { page, per_page: PER_PAGE, ..options.clone() };
            async move { client.get_bots(options).await }
        })
    }
}
