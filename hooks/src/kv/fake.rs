//! The store of a server, in memory, as far as the tests of this crate need it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use prost::Message;
use tokio::time::Instant;

use crate::api::{ApiError, Client, Transport};
use crate::engine::{CallParts, PluginDeclaration, new_state};
use crate::events::Events;
use crate::{Context, Plugin, proto};

static DECLARATION: PluginDeclaration = PluginDeclaration {
    id: "com.example.scratch",
    version: "1.0.0",
    module: module_path!(),
    file: file!(),
    line: line!(),
    state: || new_state(()),
    config: None,
    services: None,
};

/// The context of a handler of a plugin that just started.
pub(crate) fn context(api: Client) -> Context {
    context_of(Arc::new(Plugin::new(&DECLARATION)), api)
}

/// The same for a plugin of one's own.
pub(crate) fn context_of(plugin: Arc<Plugin>, api: Client) -> Context {
    Context::from(CallParts::outside_calls(plugin, api, Events::none()))
}

#[derive(Debug, Default)]
pub(crate) struct FakeStore {
    entries: Mutex<BTreeMap<String, (Bytes, Option<Instant>)>>,
    /// The methods that were called, in order.
    pub(crate) calls: Mutex<Vec<&'static str>>,
    /// Methods that fail, as often as it says.
    pub(crate) failing: Mutex<BTreeMap<&'static str, u32>>,
}

impl FakeStore {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    pub(crate) fn client(self: &Arc<Self>) -> Client {
        Client::new(Arc::clone(self) as Arc<dyn Transport>, None)
    }

    pub(crate) fn get(&self, key: &str) -> Option<Bytes> {
        let entries = self.entries.lock().unwrap();
        let (value, until) = entries.get(key)?;
        until.is_none_or(|until| Instant::now() < until).then(|| value.clone())
    }

    /// Stores a value, or removes it if it is empty.
    pub(crate) fn put(&self, key: &str, value: impl Into<Bytes>, seconds: i64) {
        let value = value.into();
        let mut entries = self.entries.lock().unwrap();
        if value.is_empty() {
            entries.remove(key);
            return;
        }
        let after = Duration::from_secs(seconds.try_into().unwrap());
        let until = (seconds > 0).then(|| Instant::now() + after);
        entries.insert(key.to_owned(), (value, until));
    }

    pub(crate) fn fail(&self, method: &'static str, times: u32) {
        self.failing.lock().unwrap().insert(method, times);
    }

    /// Whether a key has the old value, and may have the new one. No value is the same as no key, and
    /// to take away what is not there is no success.
    fn may_swap(&self, key: &str, old: &[u8], new: &[u8]) -> bool {
        let changes_nothing = old.is_empty() && new.is_empty();
        !changes_nothing && self.get(key).unwrap_or_default() == old
    }

    fn answer(&self, method: &str, request: Bytes) -> Vec<u8> {
        match method {
            "KVGet" => {
                let request = proto::KvGetRequest::decode(request).unwrap();
                let value = self.get(&request.key).unwrap_or_default();
                proto::KvGetResponse { value, ..Default::default() }.encode_to_vec()
            }
            "KVSetWithOptions" => {
                let request = proto::KvSetWithOptionsRequest::decode(request).unwrap();
                let options = request.options.unwrap_or_default();
                let success = !options.atomic
                    || self.may_swap(&request.key, &options.old_value, &request.value);
                if success {
                    self.put(&request.key, request.value, options.expire_in_seconds);
                }
                proto::KvSetWithOptionsResponse { success, ..Default::default() }.encode_to_vec()
            }
            "KVCompareAndDelete" => {
                let request = proto::KvCompareAndDeleteRequest::decode(request).unwrap();
                let success = self.may_swap(&request.key, &request.old_value, &[]);
                if success {
                    self.put(&request.key, Bytes::new(), 0);
                }
                proto::KvCompareAndDeleteResponse { success, ..Default::default() }.encode_to_vec()
            }
            "KVDelete" => {
                let request = proto::KvDeleteRequest::decode(request).unwrap();
                self.put(&request.key, Bytes::new(), 0);
                Vec::new()
            }
            "KVDeleteAll" => {
                self.entries.lock().unwrap().clear();
                Vec::new()
            }
            "KVList" => {
                let request = proto::KvListRequest::decode(request).unwrap();
                let page = usize::try_from(request.page).unwrap();
                let per_page = usize::try_from(request.per_page).unwrap();
                let all: Vec<String> = self.entries.lock().unwrap().keys().cloned().collect();
                let keys = all
                    .into_iter()
                    .filter(|key| self.get(key).is_some())
                    .skip(page * per_page)
                    .take(per_page)
                    .collect();
                proto::KvListResponse { keys, ..Default::default() }.encode_to_vec()
            }
            other => panic!("{other} is not a method of the store"),
        }
    }
}

#[async_trait]
impl Transport for FakeStore {
    async fn call(
        &self,
        method: &'static str,
        request: Bytes,
        _deadline: Instant,
    ) -> Result<Bytes, ApiError> {
        // Others come in between, as over a connection.
        tokio::task::yield_now().await;
        self.calls.lock().unwrap().push(method);
        if let Some(left) = self.failing.lock().unwrap().get_mut(method)
            && *left > 0
        {
            *left -= 1;
            let message = "as the test says".to_owned();
            return Err(ApiError::Transport { method, code: "UNAVAILABLE", message });
        }
        Ok(self.answer(method, request).into())
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_taken_away() {
    let api = FakeStore::new().client();
    assert_eq!(api.kv_compare_and_delete("k", b"".as_slice()).await, Ok(false));
    let atomic = proto::PluginKvSetOptions { atomic: true, ..Default::default() };
    assert_eq!(api.kv_set_with_options("k", b"".as_slice(), atomic).await, Ok(false));
}
