//! From clients to messages and back.

use std::time::Duration;

use hookwright::events::{
    self, ClientAdded, ClientHostnameChanged, ClientRemoved, Event, RemovalReason,
};
use hookwright_proto::fleet::{RegisterRequest, RegisterResponse};
use hookwright_proto::prost_types;

use crate::address::{self, BadAddress};
use crate::client::{Change, Client, Registered, Registering, Registration, Removal, Wish};
use crate::key::BadKey;
use crate::name::{BadName, What, label};

/// What is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Invalid {
    #[error(transparent)]
    Name(#[from] BadName),
    #[error(transparent)]
    Key(#[from] BadKey),
    #[error(transparent)]
    Address(#[from] BadAddress),
}

pub(crate) fn registration(request: RegisterRequest) -> Result<Registration, Invalid> {
    let RegisterRequest { fleet, address, public_key, hostname } = request;
    Ok(Registration {
        fleet: label(What::Fleet, &fleet)?,
        public_key: public_key.parse()?,
        address: match address.is_empty() {
            true => None,
            false => Some(address::parse(&address)?),
        },
        hostname: match hostname.as_deref() {
            None => Wish::Keep,
            Some("") => Wish::Nothing,
            Some(name) => Wish::Name(label(What::Hostname, name)?),
        },
    })
}

pub(crate) fn registered(registered: Registered) -> RegisterResponse {
    RegisterResponse {
        is_new: registered.change == Registering::Added,
        has_suffix: registered.has_suffix,
        client: Some(registered.client.into()),
    }
}

impl From<Client> for events::Client {
    fn from(client: Client) -> Self {
        Self {
            fleet: client.fleet,
            address: client.address.to_string(),
            public_key: client.public_key.to_string(),
            hostname: client.hostname.unwrap_or_default(),
            created_at: Some(timestamp(client.created_at)),
            last_seen: Some(timestamp(client.last_seen)),
        }
    }
}

impl From<Change> for Event {
    fn from(change: Change) -> Self {
        match change {
            Change::Added(client) => ClientAdded { client: Some(client.into()) }.into(),
            Change::Renamed { client, previous } => ClientHostnameChanged {
                client: Some(client.into()),
                previous_hostname: previous.unwrap_or_default(),
            }
            .into(),
            Change::Removed { clients, reason } => ClientRemoved {
                clients: clients.into_iter().map(Into::into).collect(),
                reason: match reason {
                    Removal::Requested => RemovalReason::Requested,
                    Removal::Pruned => RemovalReason::Pruned,
                }
                .into(),
            }
            .into(),
        }
    }
}

fn timestamp(milliseconds: i64) -> prost_types::Timestamp {
    let nanos = i32::try_from(milliseconds.rem_euclid(1000)).unwrap_or(0) * 1_000_000;
    prost_types::Timestamp { seconds: milliseconds.div_euclid(1000), nanos }
}

/// In milliseconds; `None` if it is not above zero.
pub(crate) fn milliseconds(duration: prost_types::Duration) -> Option<i64> {
    let duration = Duration::try_from(duration).ok()?;
    i64::try_from(duration.as_millis()).ok().filter(|milliseconds| *milliseconds > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_keep_their_milliseconds_also_before_1970() {
        for (milliseconds, seconds, nanos) in [(1_500, 1, 500_000_000), (-1, -1, 999_000_000)] {
            assert_eq!(timestamp(milliseconds), prost_types::Timestamp { seconds, nanos });
        }
        let duration = |seconds, nanos| milliseconds(prost_types::Duration { seconds, nanos });
        assert_eq!(duration(2, 5_000_000), Some(2005));
        assert_eq!((duration(0, 0), duration(-1, 0)), (None, None));
    }
}
