//! Where the clients are kept: a file of SQLite's, or a database of PostgreSQL's, by the same code.

mod batch;
mod durable;
mod error;
mod limit;
mod open;
mod read;
mod register;
mod row;
mod schema;
mod url;
mod writer;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use tokio::sync::{Mutex, RwLock, mpsc, oneshot};
use tokio::task::JoinHandle;

use self::batch::{Outcome, Work};
pub use self::error::StoreError;
use self::open::Database;
pub use self::read::{Host, Page, Position};
pub use self::url::{BadUrl, DatabaseUrl};
pub use self::writer::Committed;
use self::writer::Order;
use crate::client::{Client, Registered, Registration};
use crate::key::PublicKey;

/// How many orders may wait for the writer; who comes later waits to order.
const ORDERS: usize = 4096;

/// How many changes may wait to be told; then the writer waits.
const CHANGES: usize = 65_536;

/// The registered clients.
#[derive(Debug)]
pub struct Store {
    shared: Arc<Shared>,
    orders: RwLock<Option<mpsc::Sender<Order>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

/// What readers and the writer share.
#[derive(Debug)]
struct Shared {
    url: DatabaseUrl,
    database: RwLock<Arc<Database>>,
    generation: AtomicU64,
    /// The writer holds it: what is told ends with it.
    changes: mpsc::WeakSender<Committed>,
}

impl Store {
    /// Opens the database, and makes it if there is none. What changes from here on is received in
    /// the order of the commits.
    ///
    /// # Errors
    ///
    /// It cannot be reached, or a later version of this program has changed it.
    pub async fn open(
        url: &DatabaseUrl,
    ) -> Result<(Arc<Self>, mpsc::Receiver<Committed>), StoreError> {
        let database = RwLock::new(Arc::new(Database::open(url, true).await?));
        let (orders, ordered) = mpsc::channel(ORDERS);
        let (changes, changed) = mpsc::channel(CHANGES);
        let shared = Arc::new(Shared {
            url: url.clone(),
            database,
            generation: AtomicU64::new(0),
            changes: changes.downgrade(),
        });
        let writer = tokio::spawn(writer::run(Arc::clone(&shared), ordered, changes));
        let store =
            Self { shared, orders: RwLock::new(Some(orders)), writer: Mutex::new(Some(writer)) };
        Ok((Arc::new(store), changed))
    }

    /// Registers a client, or takes down that it was seen.
    ///
    /// # Errors
    ///
    /// What it says does not fit to what is there, or the database failed.
    pub async fn register(&self, wanted: Registration) -> Result<Registered, StoreError> {
        match self.order(Work::Register(wanted)).await? {
            Outcome::Registered(registered) => Ok(registered),
            other => Err(unexpected(&other)),
        }
    }

    /// Removes a client.
    ///
    /// # Errors
    ///
    /// There is none, or the database failed.
    pub async fn remove(&self, fleet: &str, public_key: PublicKey) -> Result<Client, StoreError> {
        match self.order(Work::Remove { fleet: fleet.to_owned(), public_key }).await? {
            Outcome::Removed(client) => Ok(client),
            other => Err(unexpected(&other)),
        }
    }

    /// Removes who was last seen before this, in milliseconds since 1970, and says how many.
    ///
    /// # Errors
    ///
    /// The database failed.
    pub async fn prune(&self, before: i64) -> Result<usize, StoreError> {
        match self.order(Work::Prune { before }).await? {
            Outcome::Pruned { count, .. } => Ok(count),
            other => Err(unexpected(&other)),
        }
    }

    /// Counts the commits that changed something. A reader that begins after it was read sees all
    /// that had been committed by then.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.shared.generation()
    }

    /// Takes no more orders, and does those that it has. It can still be read.
    pub async fn finish(&self) {
        self.orders.write().await.take();
        if let Some(writer) = self.writer.lock().await.take() {
            // It ends by itself when there are no more orders; had it panicked, that is logged.
            let _ = writer.await;
        }
    }

    /// Closes the database.
    pub async fn close(&self) {
        self.finish().await;
        self.shared.database.read().await.close().await;
    }

    async fn order(&self, work: Work) -> Result<Outcome, StoreError> {
        let closed = || StoreError::Unavailable("the registry is being closed".to_owned());
        let (answer, outcome) = oneshot::channel();
        let orders = self.orders.read().await.clone().ok_or_else(closed)?;
        orders.send(Order { work, answer }).await.map_err(|_| closed())?;
        outcome.await.map_err(|_| closed())?
    }
}

impl Shared {
    /// The database, opened anew where its file was replaced.
    async fn database(&self) -> Result<Arc<Database>, StoreError> {
        let database = Arc::clone(&*self.database.read().await);
        if database.is_in_place(&self.url)? {
            return Ok(database);
        }
        let mut current = self.database.write().await;
        if !current.is_in_place(&self.url)? {
            open::refuse_foreign_log(&self.url)?;
            // Never made anew: an empty one would hide that the clients are gone.
            let opened = Arc::new(Database::open(&self.url, false).await?);
            tracing::warn!(database = %self.url, "the database was replaced, and is opened anew");
            std::mem::replace(&mut *current, opened).close().await;
            self.tell_unknown();
        }
        Ok(Arc::clone(&current))
    }

    fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    fn next_generation(&self) -> u64 {
        self.generation.fetch_add(1, Ordering::AcqRel) + 1
    }

    /// Tells that anything may have changed. Where that cannot wait, so much else does that it makes
    /// no difference.
    fn tell_unknown(&self) {
        let generation = self.next_generation();
        if let Some(changes) = self.changes.upgrade() {
            let _ = changes.try_send(Committed { generation, change: None });
        }
    }

    fn now(&self) -> i64 {
        now()
    }
}

/// In milliseconds since 1970.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

fn unexpected(outcome: &Outcome) -> StoreError {
    StoreError::Failed(format!("an outcome of something else: {outcome:?}"))
}
