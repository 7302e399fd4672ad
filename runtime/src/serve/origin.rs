//! Who calls, as a request on the wire says it: in its headers, and by its connection.

use std::sync::Arc;

use hookwright::Broker;
use tokio::time::Instant;

use super::status::{given_up_at, left_until};
use crate::goplugin::broker::HostBroker;
use crate::origin::Origin;

/// What is known of a call before its message has been read.
#[derive(Debug, Clone)]
pub(super) struct Arrival {
    given_up_at: Option<Instant>,
    broker: Broker,
}

impl Arrival {
    pub(super) fn of<B>(request: &http::Request<B>) -> Self {
        let host = request.extensions().get::<Arc<HostBroker>>();
        Self {
            given_up_at: given_up_at(request.headers()),
            broker: host.map_or_else(Broker::none, HostBroker::of_calls),
        }
    }

    /// Where the call comes from, as of now: reading the message has taken its time.
    pub(super) fn origin(&self) -> Origin {
        Origin { limit: left_until(self.given_up_at), broker: self.broker.clone(), received: None }
    }
}
