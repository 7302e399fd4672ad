//! A client of a fleet, and what it asks for.

use std::net::Ipv6Addr;

use crate::key::PublicKey;

/// A registered client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// The fleet that it is in.
    pub fleet: String,
    /// Nobody else has it, in any fleet.
    pub address: Ipv6Addr,
    /// Nobody else has it, in any fleet.
    pub public_key: PublicKey,
    /// Nobody else in the fleet has it.
    pub hostname: Option<String>,
    /// In milliseconds since 1970.
    pub created_at: i64,
    /// In milliseconds since 1970.
    pub last_seen: i64,
}

/// What a client says when it registers, or that it is still there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The fleet that it is in.
    pub fleet: String,
    /// Who is registered already may leave it out.
    pub address: Option<Ipv6Addr>,
    /// Who it is.
    pub public_key: PublicKey,
    /// What it wants to be called.
    pub hostname: Wish,
}

/// What a client wants to be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// As it is.
    Keep,
    /// Not at all.
    Nothing,
    /// This, or with a number behind it where another client has that name.
    Name(String),
}

/// What became of a registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// As it is stored.
    pub client: Client,
    /// What that changed.
    pub change: Registering,
    /// Whether another client has the name that was asked for.
    pub has_suffix: bool,
}

/// What a registration changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registering {
    /// The client was not there before.
    Added,
    /// It has another hostname.
    Renamed {
        /// The one that it had.
        previous: Option<String>,
    },
    /// It was seen, and nothing else.
    Seen,
}

/// What happened to the clients, when it is in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// There is a new one.
    Added(Client),
    /// One is called otherwise.
    Renamed {
        /// With the name that it has now.
        client: Client,
        /// The name that it had.
        previous: Option<String>,
    },
    /// Some are no longer there.
    Removed {
        /// As they were.
        clients: Vec<Client>,
        /// Why.
        reason: Removal,
    },
}

/// Why clients were removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// Somebody asked for it.
    Requested,
    /// They had not been seen for too long.
    Pruned,
}
