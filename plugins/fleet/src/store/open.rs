//! Connections to the database, and the schema.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::Once;
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, ConnectOptions as _, Connection as _, Executor as _};
use tokio::time::timeout;

use super::durable;
use super::error::StoreError;
use super::schema;
use super::url::{DatabaseUrl, Kind};

/// How long a connection may be waited for.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How many reads there may be at a time.
const READERS: u32 = 4;

/// Each connection to SQLite: readers do not wait for the writer, what is committed survives a loss
/// of power, and who finds the file locked waits a while.
const SQLITE: &str =
    "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;";

/// Each connection to PostgreSQL: who finds something locked waits no longer than with SQLite.
const POSTGRES: &str = "SET lock_timeout = '5s'";

/// An open database.
#[derive(Debug)]
pub(super) struct Database {
    pub(super) kind: Kind,
    /// The one connection that writes.
    pub(super) writer: AnyPool,
    readers: AnyPool,
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
        // A pool would try again for a while, and say no more than that it was in vain.
        try_once(kind, &options(url, create)?).await?;
        let writer = pool(kind, options(url, false)?, 1);
        durable::check(kind, &writer).await?;
        schema::migrate(kind, &writer).await?;
        let readers = pool(kind, options(url, false)?, READERS);
        let file = FileId::of(url)?;
        Ok(Self { kind, writer, readers, file })
    }

    /// Whether this is still the file at its place. What is written to one that was deleted is lost.
    ///
    /// # Errors
    ///
    /// There is none.
    pub(super) fn is_in_place(&self, url: &DatabaseUrl) -> Result<bool, StoreError> {
        Ok(FileId::of(url)? == self.file)
    }

    /// A connection that reads.
    pub(super) async fn reader(&self) -> Result<PoolConnection<Any>, StoreError> {
        self.readers.acquire().await.map_err(|error| StoreError::of(self.kind, &error))
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

/// Beside a file that has just been put in its place, a log is that of the file before: SQLite would
/// replay it into the new one.
pub(super) fn refuse_foreign_log(url: &DatabaseUrl) -> Result<(), StoreError> {
    let Some(file) = url.file() else { return Ok(()) };
    let mut log = file.as_os_str().to_owned();
    log.push("-wal");
    let log = Path::new(&log);
    match log.try_exists() {
        Ok(false) => Ok(()),
        Ok(true) => Err(StoreError::Unavailable(format!(
            "{url} was replaced, and {} is still that of the file before: expected it to be moved \
             away together with that file",
            log.display()
        ))),
        Err(fault) => Err(StoreError::Unavailable(format!("{}: {fault}", log.display()))),
    }
}

fn options(url: &DatabaseUrl, create: bool) -> Result<AnyConnectOptions, StoreError> {
    let address = url.to_url(create).map_err(|fault| StoreError::Failed(fault.to_string()))?;
    let options = AnyConnectOptions::from_url(&address);
    let options = options.map_err(|error| StoreError::of(url.kind(), &error))?;
    Ok(options.disable_statement_logging())
}

async fn try_once(kind: Kind, options: &AnyConnectOptions) -> Result<(), StoreError> {
    let tried = async {
        let mut connection = options.connect().await?;
        prepare(kind, &mut connection).await?;
        connection.close().await
    };
    match timeout(2 * CONNECT_TIMEOUT, tried).await {
        Ok(tried) => tried.map_err(|error| StoreError::of(kind, &error)),
        Err(_) => Err(StoreError::Unavailable("it does not answer".to_owned())),
    }
}

async fn prepare(kind: Kind, connection: &mut AnyConnection) -> sqlx::Result<()> {
    let settings = match kind {
        Kind::Sqlite => SQLITE,
        Kind::Postgres => POSTGRES,
    };
    connection.execute(settings).await.map(|_| ())
}

fn pool(kind: Kind, options: AnyConnectOptions, connections: u32) -> AnyPool {
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(CONNECT_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .after_connect(move |connection, _| Box::pin(prepare(kind, connection)))
        .connect_lazy_with(options)
}
