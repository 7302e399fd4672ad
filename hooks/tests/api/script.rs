//! A transport that answers by a function, and keeps what it was asked.

use std::fmt;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use hookwright::ApiError;
use hookwright::api::{Client, Transport};
use tokio::time::Instant;

type Answer = dyn FnMut(&'static str, Bytes) -> Result<Bytes, ApiError> + Send;

pub(crate) struct Script {
    answer: Mutex<Box<Answer>>,
    calls: Mutex<Vec<&'static str>>,
}

impl Script {
    pub(crate) fn new(
        answer: impl FnMut(&'static str, Bytes) -> Result<Bytes, ApiError> + Send + 'static,
    ) -> Arc<Self> {
        Arc::new(Self { answer: Mutex::new(Box::new(answer)), calls: Mutex::default() })
    }

    pub(crate) fn client(self: &Arc<Self>, deadline: Option<Instant>) -> Client {
        Client::new(Arc::clone(self) as Arc<dyn Transport>, deadline)
    }

    pub(crate) fn calls(&self) -> Vec<&'static str> {
        self.calls.lock().unwrap().clone()
    }
}

/// The connection was lost after the request was sent.
pub(crate) fn lost(method: &'static str) -> ApiError {
    ApiError::Transport { method, code: "UNAVAILABLE", message: "lost".to_owned() }
}

pub(crate) fn unreachable(method: &'static str) -> ApiError {
    ApiError::Unreachable { method, message: "nobody is there".to_owned() }
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Script").finish_non_exhaustive()
    }
}

#[async_trait]
impl Transport for Script {
    async fn call(
        &self,
        method: &'static str,
        request: Bytes,
        _deadline: Instant,
    ) -> Result<Bytes, ApiError> {
        self.calls.lock().unwrap().push(method);
        (self.answer.lock().unwrap())(method, request)
    }
}
