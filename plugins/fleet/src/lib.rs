//! A registry of WireGuard clients in fleets, and the hosts file that is made of it.
//!
//! Clients register over gRPC (`hookwright.fleet.v1.Fleet`) and are kept in SQLite or PostgreSQL.
//! Each change triggers an event, once it is committed; the handlers here write the hosts file, an
//! audit file, and tell a webhook. It is switched on by `FLEET_ENABLED=on`, or by `hookwright fleet serve`.

pub mod address;
pub mod audit;
pub mod client;
pub mod document;
pub mod hosts;
pub mod key;
mod messages;
pub mod name;
mod prune;
mod running;
mod service;
pub mod settings;
pub mod store;
mod trouble;
pub mod webhook;

use std::sync::{Arc, PoisonError, RwLock};

use hookwright::events::{Event, Startup};
use hookwright::prelude::*;

use self::running::Running;
use self::settings::Settings;

hookwright::plugin! {
    id: "com.hookwright.fleet",
    state: Fleet,
    services: service::services,
}

/// The plugin's state: the registry, while it is switched on.
#[derive(Debug, Default)]
pub struct Fleet {
    running: RwLock<Option<Arc<Running>>>,
}

impl Fleet {
    fn running(&self) -> Option<Arc<Running>> {
        self.running.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, running: Arc<Running>) {
        *self.running.write().unwrap_or_else(PoisonError::into_inner) = Some(running);
    }

    /// From here on it is as if it were not switched on.
    fn take(&self) -> Option<Arc<Running>> {
        self.running.write().unwrap_or_else(PoisonError::into_inner).take()
    }
}

#[hook(HookName::OnActivate)]
async fn open(cx: Context) -> Result<()> {
    let Some(settings) = Settings::of_process()? else { return Ok(()) };
    // A host that did not deactivate it first.
    close(cx.clone()).await;
    let running = Running::open(settings).await?;
    let database = running.settings.database.to_string();
    cx.state::<Fleet>().set(Arc::clone(&running));
    // Before any change is told: what changed while nobody told is in what is written now.
    cx.events().trigger(Startup {}).await;
    running.tell(cx.events().clone());
    if let Some(after) = running.settings.prune_after {
        let every = running.settings.prune_every;
        let running = Arc::clone(&running);
        cx.spawn("prune", move |_| async move {
            let pruned = prune::repeat(&running.store, after, every);
            running.closing.run_until_cancelled(pruned).await.unwrap_or(Ok(()))
        });
    }
    let hosts_file = running.settings.hosts_file.display();
    tracing::info!(database, %hosts_file, "the fleet is open");
    Ok(())
}

#[hook(HookName::OnDeactivate)]
async fn close(cx: Context) {
    let fleet = cx.state::<Fleet>();
    if let Some(running) = fleet.running() {
        // What is told at the end still finds it.
        running.close().await;
        fleet.take();
    }
}

/// Writes the hosts file from the database as it is now.
#[hook(
    [
        HookName::Startup,
        HookName::ClientAdded,
        HookName::ClientHostnameChanged,
        HookName::ClientRemoved,
    ],
    priority = -10
)]
async fn hosts_file(cx: Context, event: Event) -> Result<()> {
    let Some(running) = cx.state::<Fleet>().running() else { return Ok(()) };
    let need = match event {
        Event::Startup(_) if !running.settings.hosts_on_startup => return Ok(()),
        event => running.need(&event),
    };
    Ok(running.hosts.write(need).await?)
}

/// Appends the event to the audit file.
#[hook([
    HookName::Startup,
    HookName::ClientAdded,
    HookName::ClientHostnameChanged,
    HookName::ClientRemoved,
])]
fn audit(cx: &Context, event: Event) -> Result<()> {
    let Some(running) = cx.state::<Fleet>().running() else { return Ok(()) };
    let Some(file) = &running.audit else { return Ok(()) };
    file.append(&document::line(&event)?)
        .map_err(|fault| anyhow::anyhow!("the audit file {}: {fault}", file.path().display()))
}

/// Sends the event to the webhook.
#[hook([
    HookName::Startup,
    HookName::ClientAdded,
    HookName::ClientHostnameChanged,
    HookName::ClientRemoved,
])]
async fn webhook(cx: Context, event: Event) -> Result<()> {
    let Some(running) = cx.state::<Fleet>().running() else { return Ok(()) };
    let Some(webhook) = &running.webhook else { return Ok(()) };
    Ok(webhook.send(document::line(&event)?).await?)
}
