//! A plugin that triggers and handles events, as a test tells it to: what the handlers of
//! `client.added` do is the hostname of the client, and what is triggered is the text of a post.

#![allow(clippy::panic, reason = "panics are among what tests ask for")]

mod bodies;
mod handlers;
mod service;
mod triggers;

use std::sync::OnceLock;

use hookwright::events::Events;
use hookwright::grpc::Service;
use hookwright::prelude::*;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::sync::Notify;

hookwright::plugin! {
    id: "com.example.events",
    state: Kept,
    services: services
}

/// What handlers keep for each other.
#[derive(Debug, Default)]
pub struct Kept {
    /// The events of the process as a whole.
    events: OnceLock<Events>,
    /// Lets a handler that waits go on.
    go_on: Notify,
}

fn services(cx: &Context) -> Vec<Service> {
    let _ = cx.state::<Kept>().events.set(cx.events().clone());
    service::services(cx, &std::env::var("FIXTURE_SERVICES").unwrap_or_default())
}

#[hook(HookName::OnConfigurationChange)]
fn configured(_cx: &Context) {
    tracing::info!("told of the configuration");
}

#[hook(HookName::OnActivate)]
async fn activate(cx: Context) -> Result<()> {
    let how = std::env::var("FIXTURE_ACTIVATION").unwrap_or_default();
    match how.as_str() {
        "fail" => Err(Error::invalid("the store is locked")),
        "panic" => panic!("no activation today"),
        address if address.contains(':') => {
            held_by(address).await?;
            Ok(())
        }
        _ => {
            let triggered = cx.events().trigger(hookwright::events::Startup {}).await;
            tracing::info!(handlers = triggered.ran.len(), "active");
            Ok(())
        }
    }
}

/// Goes on when whoever listens there closes the connection.
async fn held_by(address: &str) -> std::io::Result<()> {
    let mut held = TcpStream::connect(address).await?;
    held.read_to_end(&mut Vec::new()).await.map(drop)
}

#[hook(HookName::OnDeactivate)]
fn deactivate(cx: &Context) {
    let triggered = cx.events().trigger_blocking(hookwright::events::Startup {});
    tracing::info!(handlers = triggered.ran.len(), "not active any more");
}
