//! Keys and values, which may expire.

use bytes::Bytes;
use hookwright::proto::{
    KvCompareAndDeleteRequest, KvCompareAndDeleteResponse, KvCompareAndSetRequest,
    KvCompareAndSetResponse, KvDeleteAllRequest, KvDeleteAllResponse, KvDeleteRequest,
    KvDeleteResponse, KvGetRequest, KvGetResponse, KvListRequest, KvListResponse, KvSetRequest,
    KvSetResponse, KvSetWithExpiryRequest, KvSetWithExpiryResponse, KvSetWithOptionsRequest,
    KvSetWithOptionsResponse,
};

use super::methods::topic;
use super::refuse::{Refusal, invalid};
use super::world::{World, page};

/// The longest key, in characters.
const LONGEST_KEY: usize = 150;

/// How many keys are listed where nobody says how many.
const KEYS_PER_PAGE: i32 = 10;

/// A value, and when it is gone.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) value: Bytes,
    /// In milliseconds.
    pub(super) expires_at: Option<i64>,
}

topic! {
    KVCompareAndDelete: compare_and_delete,
    KVCompareAndSet: compare_and_set,
    KVDelete: delete,
    KVDeleteAll: delete_all,
    KVGet: get,
    KVList: list,
    KVSet: set,
    KVSetWithExpiry: set_with_expiry,
    KVSetWithOptions: set_with_options,
}

fn get(world: &mut World, request: KvGetRequest) -> Result<KvGetResponse, Refusal> {
    let value = world.value(&request.key).unwrap_or_default();
    Ok(KvGetResponse { value, error: None })
}

fn set(world: &mut World, request: KvSetRequest) -> Result<KvSetResponse, Refusal> {
    check(&request.key)?;
    world.set_value(request.key, request.value, 0);
    Ok(KvSetResponse::default())
}

fn set_with_expiry(
    world: &mut World,
    request: KvSetWithExpiryRequest,
) -> Result<KvSetWithExpiryResponse, Refusal> {
    check(&request.key)?;
    world.set_value(request.key, request.value, request.expire_in_seconds);
    Ok(KvSetWithExpiryResponse::default())
}

fn set_with_options(
    world: &mut World,
    request: KvSetWithOptionsRequest,
) -> Result<KvSetWithOptionsResponse, Refusal> {
    let options = request.options.unwrap_or_default();
    if !options.atomic && !options.old_value.is_empty() {
        let id = "model.plugin_kvset_options.is_valid.old_value.app_error";
        let text = "An old value is compared only if the options are atomic.";
        return Err(invalid("PluginKVSetOptions.IsValid", id, text));
    }
    check(&request.key)?;
    let success =
        !options.atomic || world.may_swap(&request.key, &options.old_value, &request.value);
    if success {
        world.set_value(request.key, request.value, options.expire_in_seconds);
    }
    Ok(KvSetWithOptionsResponse { success, error: None })
}

fn compare_and_set(
    world: &mut World,
    request: KvCompareAndSetRequest,
) -> Result<KvCompareAndSetResponse, Refusal> {
    check(&request.key)?;
    let success = world.may_swap(&request.key, &request.old_value, &request.new_value);
    if success {
        world.set_value(request.key, request.new_value, 0);
    }
    Ok(KvCompareAndSetResponse { success, error: None })
}

fn compare_and_delete(
    world: &mut World,
    request: KvCompareAndDeleteRequest,
) -> Result<KvCompareAndDeleteResponse, Refusal> {
    check(&request.key)?;
    let success = world.may_swap(&request.key, &request.old_value, &Bytes::new());
    if success {
        world.kv.remove(&request.key);
    }
    Ok(KvCompareAndDeleteResponse { success, error: None })
}

fn delete(world: &mut World, request: KvDeleteRequest) -> Result<KvDeleteResponse, Refusal> {
    world.kv.remove(&request.key);
    Ok(KvDeleteResponse::default())
}

fn delete_all(world: &mut World, _: KvDeleteAllRequest) -> Result<KvDeleteAllResponse, Refusal> {
    world.kv.clear();
    Ok(KvDeleteAllResponse::default())
}

fn list(world: &mut World, request: KvListRequest) -> Result<KvListResponse, Refusal> {
    let per_page = if request.per_page > 0 { request.per_page } else { KEYS_PER_PAGE };
    let now = world.now();
    let there = world.kv.iter().filter(|(_, entry)| entry.is_there(now));
    let keys = page(there.map(|(key, _)| key.clone()), request.page, per_page);
    Ok(KvListResponse { keys, error: None })
}

fn check(key: &str) -> Result<(), Refusal> {
    let length = key.chars().count();
    if (1..=LONGEST_KEY).contains(&length) {
        return Ok(());
    }
    let id = "model.plugin_key_value.is_valid.key.app_error";
    let text = format!("A key has 1 to {LONGEST_KEY} characters, this one has {length}.");
    Err(invalid("PluginKeyValue.IsValid", id, &text))
}

impl Entry {
    fn is_there(&self, now: i64) -> bool {
        self.expires_at.is_none_or(|at| now < at)
    }
}

impl World {
    /// The value of a key, if it has not expired.
    pub(super) fn value(&self, key: &str) -> Option<Bytes> {
        let entry = self.kv.get(key).filter(|entry| entry.is_there(self.now()))?;
        Some(entry.value.clone())
    }

    /// No value takes the key away; it expires after some seconds, or never.
    pub(super) fn set_value(&mut self, key: String, value: Bytes, expire_in_seconds: i64) {
        if value.is_empty() {
            self.kv.remove(&key);
            return;
        }
        let expires_at = (expire_in_seconds > 0)
            .then(|| self.now().saturating_add(expire_in_seconds.saturating_mul(1000)));
        self.kv.insert(key, Entry { value, expires_at });
    }

    /// Whether a key has the old value, and may have the new one. No value is the same as no key, and
    /// to take away what is not there is no success.
    fn may_swap(&self, key: &str, old: &Bytes, new: &Bytes) -> bool {
        let changes_nothing = old.is_empty() && new.is_empty();
        !changes_nothing && self.value(key).unwrap_or_default() == *old
    }
}
