//! The client: one way for every method.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use hookwright_proto::Reply;
use prost::Message;
use tokio::time::Instant;

use super::retry::{self, Effect};
use super::{ApiError, LARGEST_REQUEST};

/// How long a call may take that no handler's time limit ends before.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// Carries encoded calls to the server. The engine provides it; a plugin does not see it.
#[async_trait]
pub trait Transport: fmt::Debug + Send + Sync {
    /// The largest encoded request that the server takes.
    fn largest_request(&self) -> usize {
        LARGEST_REQUEST
    }

    /// Sends one request, once, and waits for its reply, until the deadline at most.
    ///
    /// It says [`ApiError::Unreachable`] only if the server has got nothing of the request.
    async fn call(
        &self,
        method: &'static str,
        request: Bytes,
        deadline: Instant,
    ) -> Result<Bytes, ApiError>;
}

/// Calls to the server's plugin API. Cloning it is cheap.
///
/// There is one method for each of Go's `plugin.API`, under the same name in snake case, and a
/// stream beside each that replies by pages:
///
/// ```
/// use hookwright::api::{Client, Permission};
/// use hookwright::prelude::*;
///
/// async fn administrators(api: &Client, team_id: &str) -> Result<Vec<User>> {
///     let mut found = Vec::new();
///     let mut users = api.get_users_in_team_stream(team_id);
///     while let Some(user) = users.next().await {
///         let user = user?;
///         if api.has_permission_to_team(&user.id, team_id, Permission::MANAGE_TEAM).await? {
///             found.push(user);
///         }
///     }
///     Ok(found)
/// }
/// ```
///
/// Each call ends when the handler's time is up at the latest, after 30 seconds where a handler has
/// no limit, or after the time that [`with_timeout`](Self::with_timeout) sets. A call that only
/// reads is made again, after a short pause, when it was lost on its way; one that changes anything
/// never is.
#[derive(Debug, Clone)]
pub struct Client {
    transport: Arc<dyn Transport>,
    limit: Limit,
}

/// When a call is given up.
#[derive(Debug, Clone, Copy)]
enum Limit {
    /// At the end of the handler that holds the client.
    At(Instant),
    /// After so much time.
    After(Duration),
}

impl Client {
    /// A client over a transport, whose calls end at the deadline at the latest.
    #[must_use]
    pub fn new(transport: Arc<dyn Transport>, deadline: Option<Instant>) -> Self {
        let limit = deadline.map_or(Limit::After(DEFAULT_TIMEOUT), Limit::At);
        Self { transport, limit }
    }

    /// The same client for work that outlives the handler: each call ends after this time.
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        Self { transport: Arc::clone(&self.transport), limit: Limit::After(timeout) }
    }

    /// When a call that begins now is given up.
    pub(crate) fn deadline(&self, now: Instant) -> Instant {
        match self.limit {
            Limit::At(deadline) => deadline,
            // A time beyond what the clock can say ends with the default.
            Limit::After(time) => now.checked_add(time).unwrap_or(now + DEFAULT_TIMEOUT),
        }
    }

    /// When the handler that holds this client is given up, if it ever is.
    pub(crate) fn end_of_handler(&self) -> Option<Instant> {
        match self.limit {
            Limit::At(deadline) => Some(deadline),
            Limit::After(_) => None,
        }
    }

    /// Calls a method whose reply cannot carry an error.
    pub(super) async fn send<Rep: Message + Default>(
        &self,
        method: &'static str,
        effect: Effect,
        request: &impl Message,
    ) -> Result<Rep, ApiError> {
        let size = request.encoded_len();
        let limit = self.transport.largest_request();
        if size > limit {
            return Err(ApiError::RequestTooLarge { method, size, limit });
        }
        let started = Instant::now();
        let deadline = self.deadline(started);
        let attempts = self.attempts(method, effect, request, deadline);
        let reply = tokio::time::timeout_at(deadline, attempts)
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
        effect: Effect,
        request: &impl Message,
    ) -> Result<Rep, ApiError> {
        let mut reply: Rep = self.send(method, effect, request).await?;
        match reply.take_error() {
            Some(error) => Err(ApiError::App { method, error: Box::new(error.into()) }),
            None => Ok(reply),
        }
    }

    async fn attempts(
        &self,
        method: &'static str,
        effect: Effect,
        request: &impl Message,
        deadline: Instant,
    ) -> Result<Bytes, ApiError> {
        let mut pauses = None;
        loop {
            // Encoded anew each time: a copy would be kept for what hardly ever happens.
            let sent = self.transport.call(method, request.encode_to_vec().into(), deadline).await;
            let Err(error) = sent else { return sent };
            if effect == Effect::Writes || !retry::is_passing(&error) {
                return Err(error);
            }
            if !retry::pause(pauses.get_or_insert_with(retry::pauses), deadline).await {
                return Err(error);
            }
            tracing::debug!(method, %error, "the call is made again");
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
