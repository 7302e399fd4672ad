//! What is read: one client, a page of them, or all that have a name.

use std::net::Ipv6Addr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::TryStreamExt as _;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row as _};

use super::limit::{ended, within};
use super::open::Database;
use super::row::{self, COLUMNS, Unreadable};
use super::{Store, StoreError};
use crate::address;
use crate::client::Client;
use crate::key::PublicKey;
use crate::name::{What, label};

/// A place in the order of all clients: behind this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    fleet: String,
    address: Ipv6Addr,
}

/// Some clients, in the order of fleets and addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The clients.
    pub clients: Vec<Client>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<Position>,
}

/// A client with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// Where it is.
    pub address: Ipv6Addr,
    /// Its name, and that of its fleet behind a dot.
    pub name: String,
}

impl Position {
    /// An opaque text.
    #[must_use]
    pub fn token(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{} {}", self.fleet, self.address))
    }

    /// Reads such a text; `None` if it is none.
    #[must_use]
    pub fn of_token(token: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
        let (fleet, address) = text.split_once(' ')?;
        Some(Self { fleet: label(What::Fleet, fleet).ok()?, address: address.parse().ok()? })
    }
}

impl Store {
    /// The client of a public key.
    ///
    /// # Errors
    ///
    /// There is none in this fleet, or the database failed.
    pub async fn get(&self, fleet: &str, public_key: PublicKey) -> Result<Client, StoreError> {
        let database = self.shared.database().await?;
        let sql = format!("SELECT {COLUMNS} FROM clients WHERE public_key = $1 AND fleet = $2");
        let query =
            sqlx::query(AssertSqlSafe(sql)).bind(public_key.to_string()).bind(fleet.to_owned());
        let mut reader = database.reader().await?;
        let row = within(async {
            let row = query.fetch_optional(&mut *reader).await;
            row.map_err(|error| StoreError::of(database.kind, &error))
        });
        let row = row.await;
        let row = ended(reader, row)?;
        row.map_or_else(|| Err(StoreError::NoClient(fleet.to_owned())), |row| row::client(&row))
    }

    /// At most so many clients, of one fleet or of all, behind a position or from the first one on.
    /// It takes as long wherever the position is.
    ///
    /// # Errors
    ///
    /// The database failed.
    pub async fn page(
        &self,
        fleet: Option<&str>,
        behind: Option<&Position>,
        size: u32,
    ) -> Result<Page, StoreError> {
        let database = self.shared.database().await?;
        let wanted = usize::try_from(size).unwrap_or(usize::MAX);
        let mut behind = behind.map_or_else(Default::default, |behind| {
            (behind.fleet.clone(), address::stored(behind.address))
        });
        loop {
            let rows = rows(&database, fleet, behind, size).await?;
            let shown = &rows[..rows.len().min(wanted)];
            let clients = row::readable(shown);
            let next = clients.last().filter(|_| rows.len() > wanted);
            let next =
                next.map(|last| Position { fleet: last.fleet.clone(), address: last.address });
            match shown.last() {
                // A page of nobody would look like the last one.
                Some(last) if clients.is_empty() && rows.len() > wanted => {
                    behind = row::place(last)?;
                }
                _ => return Ok(Page { clients, next }),
            }
        }
    }

    /// Every client that has a name, as all of them were at one moment.
    ///
    /// # Errors
    ///
    /// The database failed.
    pub async fn hosts(&self) -> Result<Vec<Host>, StoreError> {
        let database = self.shared.database().await?;
        let failed = |error: sqlx::Error| StoreError::of(database.kind, &error);
        // A single statement is a snapshot in both databases, and one column is read much faster than
        // three.
        let sql = "SELECT address || ' ' || hostname || '.' || fleet FROM clients \
                   WHERE hostname IS NOT NULL";
        let mut reader = database.reader().await?;
        let hosts = within(async {
            let mut rows = sqlx::query(sql).fetch(&mut *reader);
            let mut hosts = Vec::new();
            let mut unreadable = Unreadable::default();
            while let Some(row) = rows.try_next().await.map_err(failed)? {
                let line: &str = row.try_get(0).map_err(failed)?;
                let (address, name) = line.split_once(' ').unwrap_or_default();
                match row::address(address) {
                    Ok(address) => hosts.push(Host { address, name: name.to_owned() }),
                    Err(fault) => unreadable.add(|| format!("{name:?}: {fault}")),
                }
            }
            unreadable.log();
            Ok(hosts)
        });
        let hosts = hosts.await;
        ended(reader, hosts)
    }
}

/// Behind a fleet and an address, as they are stored; one more than asked for tells whether there is
/// a next page.
async fn rows(
    database: &Database,
    fleet: Option<&str>,
    (after_fleet, after_address): (String, String),
    size: u32,
) -> Result<Vec<AnyRow>, StoreError> {
    let condition = match fleet {
        Some(_) => "fleet = $1 AND address > $2",
        None => "(fleet, address) > ($1, $2)",
    };
    let sql =
        format!("SELECT {COLUMNS} FROM clients WHERE {condition} ORDER BY fleet, address LIMIT $3");
    let query = sqlx::query(AssertSqlSafe(sql))
        .bind(fleet.map_or(after_fleet, str::to_owned))
        .bind(after_address)
        .bind(i64::from(size) + 1);
    let mut reader = database.reader().await?;
    let rows = within(async {
        let rows = query.fetch_all(&mut *reader).await;
        rows.map_err(|error| StoreError::of(database.kind, &error))
    });
    let rows = rows.await;
    ended(reader, rows)
}
