//! The plugin's key-value store, with typed values.
//!
//! Values are JSON, as plugins in Go store them, with two exceptions: Go's `KV.Set` stores a `[]byte`
//! as it is, and deletes the key for `nil`. Here bytes are a JSON array like any other list, and
//! `None` is stored, as `null`; raw bytes are read and written by [`Client::kv_get`] and
//! [`Client::kv_set`], and a key is deleted by [`Kv::delete`].
//!
//! All nodes of a cluster see the same keys, and other binaries do not see them. To the server the
//! plugins of one binary are one plugin: they share a store, and begin their keys each with a word of
//! its own.
//!
//! ```
//! use std::time::Duration;
//!
//! use hookwright::prelude::*;
//!
//! # async fn example(cx: &Context, user_id: &str) -> Result<()> {
//! let kv = cx.api().kv();
//! kv.set("greeting", "Hello!").await?;
//! let greeting: Option<String> = kv.get("greeting").await?;
//!
//! // Read, change and write, again if another task was faster: no count is lost.
//! let seen: u64 = kv.update("seen", |seen: Option<u64>| seen.unwrap_or(0) + 1).await?;
//!
//! // Once a day, whichever node comes first.
//! let day = kv.expiring(Duration::from_secs(24 * 60 * 60));
//! if day.set_if_absent(&format!("greeted_{user_id}"), &true).await? {
//!     tracing::info!(greeting, seen, "greeting");
//! }
//! # Ok(())
//! # }
//! ```

mod encode;
mod error;
#[cfg(test)]
pub(crate) mod fake;
mod key;
mod keys;
#[cfg(test)]
mod tests;
mod update;

use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::api::Client;
use crate::proto::PluginKvSetOptions;

pub(crate) use encode::encode;
pub use error::KvError;
pub use key::LONGEST_KEY;
pub(crate) use key::check as check_key;
pub use keys::Keys;

/// The key-value store. Cloning it is cheap.
#[derive(Debug, Clone)]
pub struct Kv {
    client: Client,
    expiry: Option<Duration>,
}

impl Client {
    /// The plugin's key-value store, with typed values.
    #[must_use]
    pub fn kv(&self) -> Kv {
        Kv { client: self.clone(), expiry: None }
    }
}

impl Kv {
    /// The same store, whose writes are forgotten after this time, in whole seconds: a part of one
    /// counts as one. A value that is written anew without an expiry is kept for ever.
    #[doc(alias = "set_with_expiry")]
    #[must_use]
    pub fn expiring(&self, after: Duration) -> Self {
        Self { client: self.client.clone(), expiry: Some(after) }
    }

    /// The value of a key; `None` if there is none, or it has expired.
    ///
    /// # Errors
    ///
    /// The value is of another type, or the call to the server fails.
    pub async fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, KvError> {
        let stored = self.read(key).await?;
        decode(key, &stored)
    }

    /// Sets the value of a key.
    ///
    /// # Errors
    ///
    /// The key is not one that a plugin may set, the value is nothing that JSON can hold, or the
    /// call to the server fails.
    pub async fn set<T: Serialize + ?Sized>(&self, key: &str, value: &T) -> Result<(), KvError> {
        self.write(key, encode(key, value)?, None).await.map(drop)
    }

    /// Sets the value of a key that has none, and says whether it had none.
    ///
    /// # Errors
    ///
    /// As [`Kv::set`].
    pub async fn set_if_absent<T: Serialize + ?Sized>(
        &self,
        key: &str,
        value: &T,
    ) -> Result<bool, KvError> {
        self.write(key, encode(key, value)?, Some(Bytes::new())).await
    }

    /// Sets the value of a key that has the value `old`, and says whether it had.
    ///
    /// What is compared is the JSON: a type that does not always read the same, such as one with a
    /// `HashMap` in it, needs [`Kv::update`].
    ///
    /// # Errors
    ///
    /// As [`Kv::set`].
    pub async fn compare_and_set<T: Serialize + ?Sized>(
        &self,
        key: &str,
        old: &T,
        new: &T,
    ) -> Result<bool, KvError> {
        self.write(key, encode(key, new)?, Some(encode(key, old)?)).await
    }

    /// Deletes a key that has the value `old`, and says whether it had. See
    /// [`Kv::compare_and_set`].
    ///
    /// # Errors
    ///
    /// As [`Kv::set`].
    pub async fn compare_and_delete<T: Serialize + ?Sized>(
        &self,
        key: &str,
        old: &T,
    ) -> Result<bool, KvError> {
        self.remove(key, encode(key, old)?).await
    }

    /// Deletes a key, if it is there.
    ///
    /// # Errors
    ///
    /// The key is not one that a plugin may set, or the call to the server fails.
    pub async fn delete(&self, key: &str) -> Result<(), KvError> {
        key::check(key)?;
        Ok(self.client.kv_delete(key).await?)
    }

    /// Deletes all keys of the binary: those of its other plugins as well, and the server's own notes
    /// about it, such as its bot's id. [`Kv::keys_with_prefix`] finds those of one plugin.
    ///
    /// # Errors
    ///
    /// The call to the server fails.
    pub async fn delete_all(&self) -> Result<(), KvError> {
        Ok(self.client.kv_delete_all().await?)
    }

    /// The stored bytes; none if there is no such key.
    async fn read(&self, key: &str) -> Result<Bytes, KvError> {
        key::check(key)?;
        Ok(self.client.kv_get(key).await?)
    }

    /// Stores bytes, where `old` is given only if it is what is stored, nothing being no bytes.
    pub(crate) async fn write(
        &self,
        key: &str,
        value: Bytes,
        old: Option<Bytes>,
    ) -> Result<bool, KvError> {
        key::check(key)?;
        let options = PluginKvSetOptions {
            atomic: old.is_some(),
            old_value: old.unwrap_or_default(),
            expire_in_seconds: self.expiry.map_or(Ok(0), |after| key::seconds(key, after))?,
        };
        Ok(self.client.kv_set_with_options(key, value, options).await?)
    }

    async fn remove(&self, key: &str, old: Bytes) -> Result<bool, KvError> {
        key::check(key)?;
        Ok(self.client.kv_compare_and_delete(key, old).await?)
    }
}

pub(crate) fn decode<T: DeserializeOwned>(key: &str, stored: &[u8]) -> Result<Option<T>, KvError> {
    if stored.is_empty() {
        return Ok(None);
    }
    let json = &mut serde_json::Deserializer::from_slice(stored);
    let value =
        serde_path_to_error::deserialize(json).map_err(|fault| KvError::decode::<T>(key, fault))?;
    Ok(Some(value))
}
