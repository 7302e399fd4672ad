//! The registry while it is switched on: from its opening to its end.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hookwright::events::{Event, Events};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::audit::AuditFile;
use crate::hosts::{HostsFile, Need};
use crate::settings::Settings;
use crate::store::{Committed, Store, StoreError};
use crate::webhook::Webhook;

/// How long the end may take to tell what has changed.
const AT_THE_END: Duration = Duration::from_secs(5);

/// The open registry, and who is told of its changes.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) settings: Settings,
    pub(crate) store: Arc<Store>,
    pub(crate) hosts: HostsFile,
    pub(crate) audit: Option<AuditFile>,
    pub(crate) webhook: Option<Webhook>,
    /// The generation of the change that is being told; 0 is none.
    telling: AtomicU64,
    changes: Mutex<Option<mpsc::Receiver<Committed>>>,
    teller: Mutex<Option<JoinHandle<()>>>,
}

/// Why there is no registry.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    #[error("FLEET_DATABASE={database}: {fault}")]
    Store { database: String, fault: StoreError },
    #[error("FLEET_WEBHOOK: the certificates of this machine cannot be read: {0}")]
    Webhook(std::io::Error),
}

impl Running {
    /// Opens the database.
    pub(crate) async fn open(settings: Settings) -> Result<Arc<Self>, OpenError> {
        let webhook = settings.webhook.as_ref().map(Webhook::start).transpose();
        let webhook = webhook.map_err(OpenError::Webhook)?;
        let (store, changes) = Store::open(&settings.database)
            .await
            .map_err(|fault| OpenError::Store { database: settings.database.to_string(), fault })?;
        let hosts = HostsFile::new(&settings.hosts_file, &settings.domain, Arc::clone(&store));
        Ok(Arc::new(Self {
            store,
            hosts,
            audit: settings.audit_file.as_deref().map(AuditFile::new),
            webhook,
            telling: AtomicU64::new(0),
            changes: Mutex::new(Some(changes)),
            teller: Mutex::default(),
            settings,
        }))
    }

    /// Triggers an event for each change, one after the other in the order of the commits.
    pub(crate) fn tell(self: &Arc<Self>, events: Events) {
        let Some(mut changes) = lock(&self.changes).take() else { return };
        let this = Arc::clone(self);
        let teller = tokio::spawn(async move {
            while let Some(Committed { generation, change }) = changes.recv().await {
                this.telling.store(generation, Ordering::Release);
                match change {
                    // What failed of the handlers is logged, and is not for the client.
                    Some(change) => {
                        events.trigger(Event::from(change)).await;
                    }
                    None => this.write_unknown(generation).await,
                }
                this.telling.store(0, Ordering::Release);
            }
        });
        *lock(&self.teller) = Some(teller);
    }

    /// There is no event for what nobody knows, but the hosts file is not to be older than it.
    async fn write_unknown(&self, generation: u64) {
        tracing::warn!(
            "the clients may have changed in ways that no event tells: the hosts file is written anew"
        );
        if let Err(error) = self.hosts.write(Need::Generation(generation)).await {
            tracing::warn!(%error, "the hosts file may be older than the database");
        }
    }

    /// How new the hosts file has to be for the event that is being handled.
    pub(crate) fn need(&self) -> Need {
        match self.telling.load(Ordering::Acquire) {
            // Somebody else has triggered it.
            0 => Need::Anew,
            generation => Need::Generation(generation),
        }
    }

    /// Commits what was ordered, tells of it, and closes the database.
    pub(crate) async fn close(&self) {
        self.store.finish().await;
        let teller = lock(&self.teller).take();
        if let Some(mut teller) = teller
            && timeout(AT_THE_END, &mut teller).await.is_err()
        {
            teller.abort();
            tracing::warn!(
                "some changes were not told: the hosts file is written at the next start"
            );
        }
        self.hosts.close().await;
        if let Some(webhook) = &self.webhook {
            webhook.close().await;
        }
        self.store.close().await;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
