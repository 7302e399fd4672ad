//! Changing a value that others change as well.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use super::{Kv, KvError, decode, encode};

const SHORTEST_WAIT: Duration = Duration::from_millis(2);
const LONGEST_WAIT: Duration = Duration::from_millis(250);

impl Kv {
    /// Changes the value of a key to what a function makes of it, and returns that. Where others
    /// change it meanwhile, it is read and changed again, so that no change is lost; the function
    /// may be called several times.
    ///
    /// The value is kept for ever, also if it was to expire, unless this store is
    /// [expiring](Kv::expiring).
    ///
    /// # Errors
    ///
    /// As [`Kv::get`] and [`Kv::set`]; and [`KvError::Contention`] if there was no end to the
    /// others' changes until the handler's time was up, or that of a call to the server.
    pub async fn update<T: Serialize + DeserializeOwned>(
        &self,
        key: &str,
        mut change: impl FnMut(Option<T>) -> T,
    ) -> Result<T, KvError> {
        self.swap(key, |old| Ok(change(old)), |new| Some(new)).await
    }

    /// Like [`Kv::update`], with a function that may also fail, which leaves the value as it is, or
    /// say `None`, which deletes the key.
    ///
    /// ```
    /// use anyhow::Context as _;
    /// use hookwright::prelude::*;
    ///
    /// # async fn example(cx: &Context) -> Result<()> {
    /// let left: Option<u32> = cx
    ///     .api()
    ///     .kv()
    ///     .try_update("tickets", |tickets: Option<u32>| {
    ///         tickets.unwrap_or(0).checked_sub(1).map(Some).context("sold out")
    ///     })
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// That of the function, or as [`Kv::update`].
    pub async fn try_update<T: Serialize + DeserializeOwned, E: From<KvError>>(
        &self,
        key: &str,
        change: impl FnMut(Option<T>) -> Result<Option<T>, E>,
    ) -> Result<Option<T>, E> {
        self.swap(key, change, Option::as_ref).await
    }

    /// The loop. What the function makes is a value, or perhaps one, as `value` says.
    async fn swap<T: Serialize + DeserializeOwned, New, E: From<KvError>>(
        &self,
        key: &str,
        mut change: impl FnMut(Option<T>) -> Result<New, E>,
        value: fn(&New) -> Option<&T>,
    ) -> Result<New, E> {
        let deadline = self.client.deadline(Instant::now());
        let mut waits = waits();
        let mut attempts = 0;
        loop {
            attempts += 1;
            let old = self.read(key).await?;
            let new = change(decode(key, &old)?)?;
            let done = match value(&new) {
                Some(value) => self.write(key, encode(key, value)?, Some(old)).await?,
                None if old.is_empty() => true,
                None => self.remove(key, old).await?,
            };
            if done {
                return Ok(new);
            }
            let wait = waits.next().unwrap_or(LONGEST_WAIT);
            if Instant::now() + wait >= deadline {
                return Err(KvError::Contention { key: key.to_owned(), attempts }.into());
            }
            tokio::time::sleep(wait).await;
        }
    }
}

/// Longer and longer, and by chance, so that those who collided do not collide again.
fn waits() -> impl Iterator<Item = Duration> {
    ExponentialBuilder::default()
        .with_min_delay(SHORTEST_WAIT)
        .with_max_delay(LONGEST_WAIT)
        .with_jitter()
        .without_max_times()
        .build()
}
