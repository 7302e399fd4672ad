//! Registrations, many in one transaction: what they are about is read at once, decided one after
//! the other in memory, and written at once.

use std::collections::{HashMap, HashSet};
use std::net::Ipv6Addr;

use sqlx::{AnyConnection, AssertSqlSafe};

use super::error::StoreError;
use super::row::{self, COLUMNS, WIDTH};
use super::url::Kind;
use crate::address;
use crate::client::{Client, Registered, Registering, Registration, Wish};
use crate::key::PublicKey;
use crate::name;

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
        addresses: HashMap::new(),
        names: HashMap::new(),
    };
    known.read(wanted).await?;
    let mut answers = Vec::with_capacity(wanted.len());
    for wanted in wanted {
        match known.decide(wanted, now).await {
            Err(error) if !error.is_refusal() => return Err(error),
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
            let client = row::client(&row)?;
            self.addresses.insert(client.address, client.public_key);
            self.clients.insert(client.public_key, client);
        }
        self.read_names(wanted).await
    }

    async fn read_names(&mut self, wanted: &[&Registration]) -> Result<(), StoreError> {
        let mut fleets: HashMap<&str, HashSet<&str>> = HashMap::new();
        for wanted in wanted {
            if let Wish::Name(name) = &wanted.hostname {
                fleets.entry(&wanted.fleet).or_default().insert(name);
            }
        }
        if fleets.is_empty() {
            return Ok(());
        }
        // Fleet by fleet: asked for pairs, SQLite reads them all.
        let mut conditions = Vec::with_capacity(fleets.len());
        let mut bound = 0;
        for names in fleets.values() {
            let (fleet, count) = (bound + 1, names.len());
            let names = row::placeholders(fleet, count);
            conditions.push(format!("(fleet = ${fleet} AND hostname IN ({names}))"));
            bound = fleet + count;
        }
        let sql = format!("SELECT fleet, hostname FROM clients WHERE {}", conditions.join(" OR "));
        let mut query = sqlx::query_as::<_, (String, String)>(AssertSqlSafe(sql));
        for (fleet, names) in &fleets {
            query = query.bind((*fleet).to_owned());
            for name in names {
                query = query.bind((*name).to_owned());
            }
        }
        let taken = query.fetch_all(&mut *self.connection).await;
        for (fleet, names) in fleets {
            let free = names.into_iter().map(|name| ((fleet.to_owned(), name.to_owned()), false));
            self.names.extend(free);
        }
        for place in taken.map_err(|e| StoreError::of(self.kind, &e))? {
            self.names.insert(place, true);
        }
        Ok(())
    }

    async fn decide(&mut self, wanted: &Registration, now: i64) -> Result<Registered, StoreError> {
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

    /// The name that is wished for if it is free; else the one that the client got for that wish
    /// before; else the first free one with a number.
    async fn name_for(
        &mut self,
        fleet: &str,
        wish: &str,
        had: Option<&str>,
    ) -> Result<String, StoreError> {
        if had == Some(wish) || !self.is_taken(fleet, wish).await? {
            return Ok(wish.to_owned());
        }
        if let Some(had) = had.filter(|had| name::is_suffixed(had, wish)) {
            return Ok(had.to_owned());
        }
        // Where there are no gaps, this is the first free one, found in few steps among any number.
        let (mut taken, mut free) = (1, 2);
        while self.is_taken(fleet, &name::with_suffix(wish, free)).await? {
            (taken, free) = (free, free.saturating_mul(2));
        }
        while free - taken > 1 {
            let between = taken + (free - taken) / 2;
            match self.is_taken(fleet, &name::with_suffix(wish, between)).await? {
                true => taken = between,
                false => free = between,
            }
        }
        Ok(name::with_suffix(wish, free))
    }

    async fn is_taken(&mut self, fleet: &str, name: &str) -> Result<bool, StoreError> {
        let place = (fleet.to_owned(), name.to_owned());
        if let Some(taken) = self.names.get(&place) {
            return Ok(*taken);
        }
        let found = sqlx::query("SELECT fleet FROM clients WHERE fleet = $1 AND hostname = $2")
            .bind(place.0.clone())
            .bind(place.1.clone())
            .fetch_optional(&mut *self.connection)
            .await
            .map_err(|e| StoreError::of(self.kind, &e))?;
        self.names.insert(place, found.is_some());
        Ok(found.is_some())
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
