//! Connections to the database, and the schema.

use std::os::unix::fs::MetadataExt as _;
use std::sync::Once;
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{AnyPool, ConnectOptions as _, Executor as _, SqlStr};

use super::error::StoreError;
use super::url::{DatabaseUrl, Kind};

/// How long a connection may be waited for.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How many reads there may be at a time.
const READERS: u32 = 4;

/// Each connection to SQLite: readers do not wait for the writer, what is committed survives a loss
/// of power, and who finds the file locked waits a while.
const SQLITE: &str =
    "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;";

/// What there was and is to do to the schema, with a version each.
const MIGRATIONS: &[(i64, &str, &str)] =
    &[(1, "clients", include_str!("../../migrations/1_clients.sql"))];

/// An open database.
#[derive(Debug)]
pub(super) struct Database {
    pub(super) kind: Kind,
    /// The one connection that writes.
    pub(super) writer: AnyPool,
    pub(super) readers: AnyPool,
    /// Which file this is, whatever becomes of its path.
    file: Option<FileId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FileId {
    device: u64,
    inode: u64,
}

impl Database {
    /// Connects, and brings the schema up to date.
    pub(super) async fn open(url: &DatabaseUrl, create: bool) -> Result<Self, StoreError> {
        static DRIVERS: Once = Once::new();
        DRIVERS.call_once(sqlx::any::install_default_drivers);
        let kind = url.kind();
        let writer = pool(url, 1, create).await?;
        migrate(kind, &writer).await?;
        let readers = pool(url, READERS, false).await?;
        let file = FileId::of(url)?;
        Ok(Self { kind, writer, readers, file })
    }

    /// Whether the file is still where it was. What is written to a file that was deleted is lost.
    pub(super) fn check(&self, url: &DatabaseUrl) -> Result<(), StoreError> {
        match FileId::of(url)? == self.file {
            true => Ok(()),
            false => Err(StoreError::Unavailable(format!("{url} is another file than before"))),
        }
    }

    pub(super) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

impl FileId {
    fn of(url: &DatabaseUrl) -> Result<Option<Self>, StoreError> {
        let Some(path) = url.file() else { return Ok(None) };
        let file = std::fs::metadata(path)
            .map_err(|fault| StoreError::Unavailable(format!("{url}: {fault}")))?;
        Ok(Some(Self { device: file.dev(), inode: file.ino() }))
    }
}

async fn pool(url: &DatabaseUrl, connections: u32, create: bool) -> Result<AnyPool, StoreError> {
    let kind = url.kind();
    let address = url.to_url(create).map_err(|fault| StoreError::Failed(fault.to_string()))?;
    let options = AnyConnectOptions::from_url(&address).map_err(|e| StoreError::of(kind, &e))?;
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(CONNECT_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .after_connect(move |connection, _| {
            Box::pin(async move {
                if kind == Kind::Sqlite {
                    connection.execute(SQLITE).await?;
                }
                Ok(())
            })
        })
        .connect_with(options.disable_statement_logging())
        .await
        .map_err(|error| StoreError::of(kind, &error))
}

async fn migrate(kind: Kind, pool: &AnyPool) -> Result<(), StoreError> {
    let migrations = MIGRATIONS.iter().map(|(version, name, sql)| {
        let sql = SqlStr::from_static(sql);
        Migration::new(*version, (*name).into(), MigrationType::Simple, sql, false)
    });
    let migrator = Migrator::with_migrations(migrations.collect());
    match migrator.run(pool).await {
        Ok(()) => Ok(()),
        Err(MigrateError::VersionMissing(missing)) => {
            let found = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
                .fetch_one(pool)
                .await
                .unwrap_or(missing);
            let known = MIGRATIONS.last().map_or(0, |(version, ..)| *version);
            Err(StoreError::Newer { found, known })
        }
        Err(error) => Err(StoreError::of_migration(kind, error)),
    }
}
