//! The client: one way for every method.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use prost::Message;
use tokio::time::Instant;

use super::ApiError;
use hookwright_proto::Reply;

/// How long a call may take that no handler's time limit ends before.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// Carries encoded calls to the server. The engine provides it; a plugin does not see it.
#[async_trait]
pub trait Transport: fmt::Debug + Send + Sync {
    /// Sends one request and waits for its reply, until the deadline at most.
    async fn call(
        &self,
        method: &'static str,
        request: Bytes,
        deadline: Instant,
    ) -> Result<Bytes, ApiError>;
}

/// Calls to the server's plugin API.
#[derive(Debug, Clone)]
pub struct Client {
    transport: Arc<dyn Transport>,
    /// When the handler that holds this client is given up.
    deadline: Option<Instant>,
    timeout: Duration,
}

impl Client {
    /// A client over a transport, whose calls end at the deadline at the latest.
    #[must_use]
    pub fn new(transport: Arc<dyn Transport>, deadline: Option<Instant>) -> Self {
        Self { transport, deadline, timeout: DEFAULT_TIMEOUT }
    }

    /// The same client for work that outlives the handler: each call ends after this time.
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        Self { transport: Arc::clone(&self.transport), deadline: None, timeout }
    }

    /// Calls a method whose reply cannot carry an error.
    pub(super) async fn send<Rep: Message + Default>(
        &self,
        method: &'static str,
        request: &impl Message,
    ) -> Result<Rep, ApiError> {
        let started = Instant::now();
        // A time beyond what the clock can say ends with the default.
        let limit = started.checked_add(self.timeout).unwrap_or(started + DEFAULT_TIMEOUT);
        let deadline = self.deadline.map_or(limit, |deadline| deadline.min(limit));
        let call = self.transport.call(method, request.encode_to_vec().into(), deadline);
        let reply = tokio::time::timeout_at(deadline, call)
            .await
            .unwrap_or_else(|_| Err(ApiError::Deadline { method, after: deadline - started }))?;
        Rep::decode(reply).map_err(|error| ApiError::BadReply {
            method,
            fault: format!("does not decode: {error}"),
        })
    }

    /// Calls a method whose reply may carry an error.
    pub(super) async fn send_fallible<Rep: Message + Default + Reply>(
        &self,
        method: &'static str,
        request: &impl Message,
    ) -> Result<Rep, ApiError> {
        let mut reply: Rep = self.send(method, request).await?;
        match reply.take_error() {
            Some(error) => Err(ApiError::App { method, error: Box::new(error.into()) }),
            None => Ok(reply),
        }
    }
}

/// A transport for when there is no server.
#[derive(Debug)]
pub struct NoTransport;

#[async_trait]
impl Transport for NoTransport {
    async fn call(
        &self,
        method: &'static str,
        _request: Bytes,
        _deadline: Instant,
    ) -> Result<Bytes, ApiError> {
        Err(ApiError::NoTarget { method })
    }
}
