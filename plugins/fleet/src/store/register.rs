//! Registrations, many in one transaction: what they are about is read at once, decided one after
//! the other in memory, and written at once.

mod names;

use std::collections::HashMap;
use std::net::Ipv6Addr;

use sqlx::{AnyConnection, AssertSqlSafe};

use super::error::StoreError;
use super::row::{self, COLUMNS, WIDTH};
use super::url::Kind;
use crate::address;
use crate::client::{Client, Registered, Registering, Registration, Wish};
use crate::key::PublicKey;

/// The most that are read and written at once.
pub(super) const AT_ONCE: usize = 64;

/// Registers clients, each of another public key.
pub(super) async fn register(
    connection: &mut AnyConnection,
    kind: Kind,
    wanted: &[&Registration],
    now: i64,
) -> Result<Vec<Result<Registered, StoreError>>, StoreError> {
    let mut known = Known {
        connection,
        kind,
        clients: HashMap::new(),
        unreadable: HashMap::new(),
        addresses: HashMap::new(),
        names: HashMap::new(),
    };
    known.read(wanted).await?;
    let mut answers = Vec::with_capacity(wanted.len());
    for wanted in wanted {
        match known.decide(wanted, now).await {
            Err(error) if !error.is_of_one() => return Err(error),
            answer => answers.push(answer),
        }
    }
    let stored: Vec<&Client> = answers.iter().flatten().map(|answer| &answer.client).collect();
    known.write(&stored).await?;
    Ok(answers)
}

/// What is known of the clients that the registrations are about, decisions included.
struct Known<'c> {
    connection: &'c mut AnyConnection,
    kind: Kind,
    clients: HashMap<PublicKey, Client>,
    /// Why a row with this key or this address, as they are stored, cannot be read.
    unreadable: HashMap<String, StoreError>,
    addresses: HashMap<Ipv6Addr, PublicKey>,
    /// Whether somebody in the fleet has the name.
    names: HashMap<(String, String), bool>,
}

impl Known<'_> {
    async fn read(&mut self, wanted: &[&Registration]) -> Result<(), StoreError> {
        let addresses: Vec<Ipv6Addr> = wanted.iter().filter_map(|wanted| wanted.address).collect();
        let mut sql = format!(
            "SELECT {COLUMNS} FROM clients WHERE public_key IN ({})",
            row::placeholders(0, wanted.len()),
        );
        if !addresses.is_empty() {
            let addresses = row::placeholders(wanted.len(), addresses.len());
            sql.push_str(&format!(" OR address IN ({addresses})"));
        }
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for wanted in wanted {
            query = query.bind(wanted.public_key.to_string());
        }
        for address in addresses {
            query = query.bind(address::stored(address));
        }
        let rows = query.fetch_all(&mut *self.connection).await;
        for row in rows.map_err(|e| StoreError::of(self.kind, &e))? {
            match row::client(&row) {
                Ok(client) => {
                    self.addresses.insert(client.address, client.public_key);
                    self.clients.insert(client.public_key, client);
                }
                Err(error) => {
                    for column in [row::PUBLIC_KEY, row::ADDRESS] {
                        let text = row::text(&row, column).unwrap_or_default().to_owned();
                        self.unreadable.insert(text, error.clone());
                    }
                }
            }
        }
        self.read_names(wanted).await
    }

    async fn decide(&mut self, wanted: &Registration, now: i64) -> Result<Registered, StoreError> {
        self.refuse_unreadable(wanted)?;
        let fleet = &wanted.fleet;
        let before = match self.clients.get(&wanted.public_key) {
            Some(client) if client.fleet != *fleet => {
                return Err(StoreError::OtherFleet(client.fleet.clone()));
            }
            Some(client) => match wanted.address {
                Some(address) if address != client.address => {
                    return Err(StoreError::AddressDiffers(client.address));
                }
                _ => Some(client.clone()),
            },
            None => None,
        };
        let address = match (&before, wanted.address) {
            (Some(client), _) => client.address,
            (None, None) => return Err(StoreError::AddressMissing(fleet.clone())),
            (None, Some(address)) if self.addresses.contains_key(&address) => {
                return Err(StoreError::AddressTaken(address));
            }
            (None, Some(address)) => address,
        };
        let had = before.as_ref().and_then(|client| client.hostname.clone());
        let hostname = match &wanted.hostname {
            Wish::Keep => had.clone(),
            Wish::Nothing => None,
            Wish::Name(name) => Some(self.name_for(fleet, name, had.as_deref()).await?),
        };
        let client = Client {
            fleet: fleet.clone(),
            address,
            public_key: wanted.public_key,
            hostname,
            created_at: before.as_ref().map_or(now, |client| client.created_at),
            // The clock may have been set back.
            last_seen: before.as_ref().map_or(now, |client| client.last_seen.max(now)),
        };
        let has_suffix = match (&wanted.hostname, &client.hostname) {
            (Wish::Name(wish), Some(name)) => wish != name,
            _ => false,
        };
        let change = match before {
            None => Registering::Added,
            Some(before) if before.hostname != client.hostname => {
                Registering::Renamed { previous: before.hostname }
            }
            Some(_) => Registering::Seen,
        };
        for (name, taken) in [(had, false), (client.hostname.clone(), true)] {
            if let Some(name) = name {
                self.names.insert((fleet.clone(), name), taken);
            }
        }
        self.addresses.insert(address, client.public_key);
        self.clients.insert(client.public_key, client.clone());
        Ok(Registered { client, change, has_suffix })
    }

    fn refuse_unreadable(&self, wanted: &Registration) -> Result<(), StoreError> {
        if self.unreadable.is_empty() {
            return Ok(());
        }
        let mut texts = vec![wanted.public_key.to_string()];
        texts.extend(wanted.address.map(address::stored));
        let error = texts.iter().find_map(|text| self.unreadable.get(text));
        error.map_or(Ok(()), |error| Err(error.clone()))
    }

    /// In the order of the decisions: a name is given up before the next one takes it.
    async fn write(&mut self, clients: &[&Client]) -> Result<(), StoreError> {
        if clients.is_empty() {
            return Ok(());
        }
        let sql = format!(
            "INSERT INTO clients ({COLUMNS}) VALUES {} ON CONFLICT (public_key) \
             DO UPDATE SET hostname = excluded.hostname, last_seen = excluded.last_seen",
            row::rows(clients.len(), WIDTH),
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for client in clients {
            query = query
                .bind(client.public_key.to_string())
                .bind(client.fleet.clone())
                .bind(address::stored(client.address))
                .bind(client.hostname.clone())
                .bind(client.created_at)
                .bind(client.last_seen);
        }
        let written = query.execute(&mut *self.connection).await;
        written.map(|_| ()).map_err(|e| StoreError::of(self.kind, &e))
    }
}
