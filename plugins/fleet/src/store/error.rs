//! Why the store did not do what it was asked for.

use std::net::Ipv6Addr;

use sqlx::migrate::MigrateError;

use super::url::Kind;

/// Why the store did not do what it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another client has the address.
    #[error("another client has the address {0}")]
    AddressTaken(Ipv6Addr),
    /// The client has another address, and addresses are for good.
    #[error("the client has the address {0}, which cannot change: remove it, and register it anew")]
    AddressDiffers(Ipv6Addr),
    /// The key is known in another fleet.
    #[error("the public key is that of a client of the fleet \"{0}\"")]
    OtherFleet(String),
    /// There is no such client.
    #[error("there is no client with this public key in the fleet \"{0}\"")]
    NoClient(String),
    /// A client that is not registered needs an address.
    #[error(
        "there is no client with this public key in the fleet \"{0}\", and to register one takes its address"
    )]
    AddressMissing(String),
    /// The database cannot be reached now, or is locked.
    #[error("the database cannot be used now: {0}")]
    Unavailable(String),
    /// There is no space left.
    #[error("the database has no space left: {0}")]
    Full(String),
    /// A later version of this program has changed the database.
    #[error(
        "the database has a schema of version {found}, and this program knows those up to {known}: it takes a later version of the program"
    )]
    Newer {
        /// The version that the database has.
        found: i64,
        /// The last one that is known.
        known: i64,
    },
    /// Somebody else has changed the client's row, so that it cannot be read.
    #[error("the row of the client {key:?} cannot be read: {fault}")]
    Unreadable {
        /// The public key, as it is stored.
        key: String,
        /// What is wrong with it.
        fault: String,
    },
    /// A row breaks a rule of the database's own.
    #[error("the database does not take it: {0}")]
    Row(String),
    /// Anything else.
    #[error("the database failed: {0}")]
    Failed(String),
}

impl StoreError {
    /// Whether what was asked for is at fault, and not the database.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::AddressTaken(_)
                | Self::AddressDiffers(_)
                | Self::OtherFleet(_)
                | Self::NoClient(_)
                | Self::AddressMissing(_)
        )
    }

    /// Whether it is about one client, so that others can go on.
    pub(super) fn is_of_one(&self) -> bool {
        self.is_refusal() || matches!(self, Self::Unreadable { .. })
    }

    pub(super) fn of(kind: Kind, error: &sqlx::Error) -> Self {
        let text = error.to_string();
        match error {
            sqlx::Error::Database(error) => {
                let code = error.code().unwrap_or_default();
                match kind {
                    Kind::Sqlite => Self::of_sqlite(&code, text),
                    Kind::Postgres => Self::of_postgres(&code, text),
                }
            }
            sqlx::Error::PoolTimedOut => Self::Unavailable("no connection in time".to_owned()),
            sqlx::Error::PoolClosed => Self::Unavailable("it was closed".to_owned()),
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::BeginFailed
            | sqlx::Error::WorkerCrashed => Self::Unavailable(text),
            _ => Self::Failed(text),
        }
    }

    pub(super) fn of_migration(kind: Kind, error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
                Self::of(kind, &error)
            }
            other => Self::Failed(other.to_string()),
        }
    }

    /// By SQLite's result codes; the lower byte is the kind.
    fn of_sqlite(code: &str, text: String) -> Self {
        const BUSY: u32 = 5;
        const LOCKED: u32 = 6;
        const READ_ONLY: u32 = 8;
        const IO: u32 = 10;
        const FULL: u32 = 13;
        const CANNOT_OPEN: u32 = 14;
        const TOO_BIG: u32 = 18;
        const CONSTRAINT: u32 = 19;
        match code.parse::<u32>().map(|code| code & 0xff) {
            Ok(BUSY | LOCKED) => Self::Unavailable("another program has locked it".to_owned()),
            Ok(READ_ONLY | IO | CANNOT_OPEN) => Self::Unavailable(text),
            Ok(FULL) => Self::Full(text),
            Ok(TOO_BIG | CONSTRAINT) => Self::Row(text),
            _ => Self::Failed(text),
        }
    }

    /// By the classes of SQLSTATE.
    fn of_postgres(code: &str, text: String) -> Self {
        match (code, code.get(..2).unwrap_or_default()) {
            ("53100", _) => Self::Full(text),
            // Connections, authorization, no such database, transactions, resources, locks, the
            // operator's intervention.
            ("25006", _) | (_, "08" | "28" | "3D" | "40" | "53" | "55" | "57" | "58") => {
                Self::Unavailable(text)
            }
            (_, "22" | "23") => Self::Row(text),
            _ => Self::Failed(text),
        }
    }
}
