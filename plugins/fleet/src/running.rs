//! The registry while it is switched on: from its opening to its end.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hookwright::events::{Event, Events};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::audit::AuditFile;
use crate::hosts::{HostsFile, Need};
use crate::settings::Settings;
use crate::store::{Committed, Store, StoreError};
use crate::webhook::Webhook;

/// How long the end may take to commit and to tell what has changed. What else it does takes no
/// longer than what OnDeactivate has left of its limit.
const AT_THE_END: Duration = Duration::from_secs(5);

/// How long the database may take to be closed.
const TO_CLOSE: Duration = Duration::from_secs(1);

/// The open registry, and who is told of its changes.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) settings: Settings,
    pub(crate) store: Arc<Store>,
    pub(crate) hosts: HostsFile,
    pub(crate) audit: Option<AuditFile>,
    pub(crate) webhook: Option<Webhook>,
    /// The event that is being told, and the generation of its change.
    telling: Mutex<Option<(Event, u64)>>,
    changes: Mutex<Option<mpsc::Receiver<Committed>>>,
    teller: Mutex<Option<JoinHandle<()>>>,
    /// It is being closed: what else goes on in it ends.
    pub(crate) closing: CancellationToken,
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
            telling: Mutex::default(),
            changes: Mutex::new(Some(changes)),
            teller: Mutex::default(),
            closing: CancellationToken::new(),
            settings,
        }))
    }

    /// Triggers an event for each change, one after the other in the order of the commits.
    pub(crate) fn tell(self: &Arc<Self>, events: Events) {
        let Some(mut changes) = lock(&self.changes).take() else { return };
        let this = Arc::clone(self);
        let teller = tokio::spawn(async move {
            while let Some(Committed { generation, change }) = changes.recv().await {
                let Some(change) = change else {
                    this.write_unknown(generation).await;
                    continue;
                };
                let event = Event::from(change);
                *lock(&this.telling) = Some((event.clone(), generation));
                // What failed of the handlers is logged, and is not for the client.
                events.trigger(event).await;
                lock(&this.telling).take();
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

    /// How new the hosts file has to be for this event. One that somebody else has triggered is of no
    /// commit of ours: the database may have been changed by other hands.
    pub(crate) fn need(&self, event: &Event) -> Need {
        match &*lock(&self.telling) {
            Some((told, generation)) if told == event => Need::Generation(*generation),
            _ => Need::Anew,
        }
    }

    /// Commits what was ordered, tells of it, and closes the database.
    pub(crate) async fn close(&self) {
        self.closing.cancel();
        let mut teller = lock(&self.teller).take();
        let told = timeout(AT_THE_END, async {
            self.store.finish().await;
            if let Some(teller) = &mut teller {
                // Had it panicked, that is logged.
                let _ = teller.await;
            }
            self.hosts.close().await;
        });
        if told.await.is_err() {
            if let Some(teller) = teller {
                // Nor does the writer wait for it any more.
                teller.abort();
            }
            let hosts_file = match self.settings.hosts_on_startup {
                true => "it is written at the next start",
                false => "it is written with the next change, for FLEET_HOSTS_ON_STARTUP is off",
            };
            tracing::warn!(hosts_file, "the time was up before all changes were told");
        }
        if let Some(webhook) = &self.webhook {
            webhook.close().await;
        }
        if timeout(TO_CLOSE, self.store.close()).await.is_err() {
            tracing::warn!("the database is not closed: it does not answer");
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use hookwright::events::{Client, ClientAdded};

    use super::*;

    fn added(address: &str) -> Event {
        let client = Client { address: address.to_owned(), ..Client::default() };
        Event::from(ClientAdded { client: Some(client) })
    }

    #[tokio::test]
    async fn only_the_event_that_is_told_is_served_by_a_write_of_its_generation() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::read(|variable| match variable {
            "FLEET_ENABLED" => Some("on".into()),
            "STATE_DIRECTORY" => Some(folder.path().into()),
            _ => None,
        });
        let running = Running::open(settings.unwrap().unwrap()).await.unwrap();
        assert_eq!(running.need(&added("fd00::1")), Need::Anew);
        *lock(&running.telling) = Some((added("fd00::1"), 7));
        assert_eq!(running.need(&added("fd00::1")), Need::Generation(7));
        assert_eq!(running.need(&added("fd00::2")), Need::Anew, "somebody else has triggered it");
    }
}
