//! What is done in one transaction.

use std::collections::HashSet;

use sqlx::{AnyConnection, AssertSqlSafe, Connection as _};

use super::error::StoreError;
use super::limit::{ended, within};
use super::open::Database;
use super::register::{self, AT_ONCE};
use super::row::{self, COLUMNS};
use super::url::Kind;
use crate::client::{Change, Client, Registered, Registering, Registration, Removal};
use crate::key::PublicKey;

/// PostgreSQL's advisory lock of those who write clients: "fleet" in ASCII.
const WRITERS: i64 = 0x66_6c65_6574;

/// Something to be done.
#[derive(Debug)]
pub(super) enum Work {
    Register(Registration),
    Remove {
        fleet: String,
        public_key: PublicKey,
    },
    /// Removes who was last seen before this, in milliseconds since 1970.
    Prune {
        before: i64,
    },
}

/// What became of it.
#[derive(Debug)]
pub(super) enum Outcome {
    Registered(Registered),
    Removed(Client),
    Pruned {
        /// How many, with those whose rows cannot be read.
        count: usize,
        clients: Vec<Client>,
    },
}

impl Outcome {
    /// Whether it changed something that [`change`](Self::change) cannot tell of.
    pub(super) fn has_more(&self) -> bool {
        matches!(self, Self::Pruned { count, clients } if *count > clients.len())
    }

    /// What it changed that others may want to know.
    pub(super) fn change(&self) -> Option<Change> {
        match self {
            Self::Registered(Registered { client, change, .. }) => match change {
                Registering::Added => Some(Change::Added(client.clone())),
                Registering::Renamed { previous } => {
                    Some(Change::Renamed { client: client.clone(), previous: previous.clone() })
                }
                Registering::Seen => None,
            },
            Self::Removed(client) => {
                Some(Change::Removed { clients: vec![client.clone()], reason: Removal::Requested })
            }
            Self::Pruned { clients, .. } if clients.is_empty() => None,
            Self::Pruned { clients, .. } => {
                Some(Change::Removed { clients: clients.clone(), reason: Removal::Pruned })
            }
        }
    }
}

/// Why it was not done.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) error: StoreError,
    /// Whether it may be in the database nevertheless.
    pub(super) in_doubt: bool,
}

/// Does all of it in one transaction, in its order. What is refused changes nothing, and keeps
/// nothing else from being done; what fails undoes all, unless the commit itself is in doubt.
pub(super) async fn commit(
    database: &Database,
    works: &[&Work],
    now: i64,
) -> Result<Vec<Result<Outcome, StoreError>>, Failed> {
    let kind = database.kind;
    let connection = database.writer.acquire().await;
    let mut connection = connection
        .map_err(|error| Failed { error: StoreError::of(kind, &error), in_doubt: false })?;
    let mut committing = false;
    let done = within(transact(&mut connection, kind, works, now, &mut committing)).await;
    ended(connection, done).map_err(|error| {
        // The connection may have broken before the answer came; what is refused is undone.
        let is_unknown = matches!(error, StoreError::Unavailable(_) | StoreError::Failed(_));
        Failed { in_doubt: committing && is_unknown, error }
    })
}

async fn transact(
    connection: &mut AnyConnection,
    kind: Kind,
    works: &[&Work],
    now: i64,
    committing: &mut bool,
) -> Result<Vec<Result<Outcome, StoreError>>, StoreError> {
    let failed = |error: sqlx::Error| StoreError::of(kind, &error);
    // Who writes to SQLite says so first, or it may fail at the first change.
    let begin = match kind {
        Kind::Sqlite => "BEGIN IMMEDIATE",
        // Each statement sees what was committed before it, whatever the server's default is.
        Kind::Postgres => "BEGIN ISOLATION LEVEL READ COMMITTED",
    };
    let mut transaction = connection.begin_with(begin).await.map_err(failed)?;
    if kind == Kind::Postgres {
        // Other processes of this program wait, so that what was read here stays true. The table is
        // not locked: that would fight its maintenance. What others write, the indexes catch.
        sqlx::query("SELECT pg_advisory_xact_lock($1)::text")
            .bind(WRITERS)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
    }
    let outcomes = run(&mut transaction, kind, works, now).await?;
    *committing = true;
    transaction.commit().await.map(|()| outcomes).map_err(failed)
}

async fn run(
    connection: &mut AnyConnection,
    kind: Kind,
    works: &[&Work],
    now: i64,
) -> Result<Vec<Result<Outcome, StoreError>>, StoreError> {
    let mut outcomes = Vec::with_capacity(works.len());
    let mut rest = works;
    while let Some((first, others)) = rest.split_first() {
        let outcome = match first {
            Work::Register(_) => {
                let together = together(rest);
                rest = &rest[together.len()..];
                let answers = register::register(connection, kind, &together, now).await?;
                let registered = answers.into_iter().map(|one| one.map(Outcome::Registered));
                outcomes.extend(registered);
                continue;
            }
            Work::Remove { fleet, public_key } => {
                match remove(connection, kind, fleet, *public_key).await {
                    Err(error) if !error.is_of_one() => return Err(error),
                    removed => removed.map(Outcome::Removed),
                }
            }
            Work::Prune { before } => Ok(prune(connection, kind, *before).await?),
        };
        outcomes.push(outcome);
        rest = others;
    }
    Ok(outcomes)
}

/// The registrations at the front that can be made at once: of each client one, since the second
/// depends on what became of the first.
fn together<'w>(works: &[&'w Work]) -> Vec<&'w Registration> {
    let mut keys = HashSet::new();
    let registrations = works.iter().map_while(|work| match work {
        Work::Register(wanted) if keys.insert(wanted.public_key) => Some(wanted),
        _ => None,
    });
    registrations.take(AT_ONCE).collect()
}

/// Of a client whose row cannot be read nobody could be told that it is gone: it stays.
async fn remove(
    connection: &mut AnyConnection,
    kind: Kind,
    fleet: &str,
    public_key: PublicKey,
) -> Result<Client, StoreError> {
    let failed = |error: sqlx::Error| StoreError::of(kind, &error);
    let sql = format!("SELECT {COLUMNS} FROM clients WHERE fleet = $1 AND public_key = $2");
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(fleet.to_owned())
        .bind(public_key.to_string())
        .fetch_optional(&mut *connection)
        .await
        .map_err(failed)?;
    let row = row.ok_or_else(|| StoreError::NoClient(fleet.to_owned()))?;
    let client = row::client(&row)?;
    sqlx::query("DELETE FROM clients WHERE public_key = $1")
        .bind(public_key.to_string())
        .execute(connection)
        .await
        .map_err(failed)?;
    Ok(client)
}

async fn prune(
    connection: &mut AnyConnection,
    kind: Kind,
    before: i64,
) -> Result<Outcome, StoreError> {
    let sql = format!("DELETE FROM clients WHERE last_seen < $1 RETURNING {COLUMNS}");
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(before).fetch_all(connection).await;
    let rows = rows.map_err(|error| StoreError::of(kind, &error))?;
    Ok(Outcome::Pruned { count: rows.len(), clients: row::readable(&rows) })
}
