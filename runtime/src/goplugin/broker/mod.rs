//! `plugin.GRPCBroker`: host and plugin agree on further connections, both ways.
//!
//! A host opens one stream of [`ConnInfo`](hookwright_proto::go_plugin::ConnInfo) beside its calls.
//! What has been agreed on belongs to that stream, so several hosts, or one that comes back, do not
//! get into each other's way:
//!
//! - [`HostBroker`] belongs to a connection of a host, and finds the stream of that host for a
//!   handler that is called over it;
//! - [`Session`] is one such stream: what is accepted and dialled on it, until it ends;
//! - [`Offers`](offers::Offers) keeps what the host announces until somebody wants it;
//! - [`Service`] is the gRPC service, and [`Sessions`] all its streams, for the end of the process.
//!
//! A brokered connection has a socket of its own, or, where the host has asked for it, goes through
//! the one connection that there is ([`super::mux`]): then the side that dials knocks first.

mod accept;
mod dial;
mod host;
mod offers;
mod service;
mod session;
mod sessions;

use std::time::Duration;

pub(crate) use host::HostBroker;
pub(crate) use service::{LARGEST_MESSAGE, Service};
pub(crate) use session::Session;
pub(crate) use sessions::Sessions;

use super::mux::Mux;
use super::tls::MutualTls;
use crate::socket::Listen;

/// How long one side waits for the other one.
const PATIENCE: Duration = Duration::from_secs(5);

/// By what connections are made.
#[derive(Debug, Clone)]
pub(crate) enum Carrier {
    /// By a socket for each id that is accepted.
    Sockets(Listen),
    /// By the connection that the host has.
    Mux(Mux),
}

/// What the connections of one host are like.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    pub(crate) carrier: Carrier,
    pub(crate) tls: Option<MutualTls>,
}
