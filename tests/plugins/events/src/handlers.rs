//! The handlers of events. They run in the order of their priorities.

use std::time::Duration;

use hookwright::events::{Client, ClientAdded, ClientHostnameChanged, Event, Startup};
use hookwright::prelude::*;

use crate::{Kept, held_by};

fn what(event: ClientAdded) -> String {
    event.client.unwrap_or_default().hostname
}

/// The same event again, for a client with this hostname.
pub(crate) fn added(hostname: &str) -> ClientAdded {
    let client = Client { hostname: hostname.to_owned(), ..Client::default() };
    ClientAdded { client: Some(client) }
}

#[hook(HookName::ClientAdded, priority = -10, timeout = "2s")]
fn sync_one(cx: &Context, event: ClientAdded) -> Result<()> {
    match what(event).as_str() {
        "sync error" => Err(Error::invalid("not this one, says /etc/hosts.deny")),
        "sync panic" => panic!("not this one"),
        "sync hang" => {
            while !cx.cancelled().is_cancelled() {
                std::thread::yield_now();
            }
            Ok(())
        }
        "sync again" => {
            let triggered = cx.events().trigger_blocking(added("quiet"));
            anyhow::ensure!(triggered.is_ok(), "{triggered:?}");
            Ok(())
        }
        _ => Ok(()),
    }
}

#[hook(HookName::ClientAdded, priority = -5, timeout = "2s")]
async fn async_one(_cx: Context, event: ClientAdded) -> Result<()> {
    let what = what(event);
    match what.as_str() {
        "error" => Err(anyhow::anyhow!("password=hunter2").context("the lookup failed")),
        "panic" => panic!("nor this one"),
        "hang" => std::future::pending().await,
        _ => Ok(()),
    }
}

/// Triggers the event that it handles.
#[hook(HookName::ClientAdded)]
async fn recursive(cx: Context, event: ClientAdded) -> Result<()> {
    let what = what(event);
    if let Some(left) = what.strip_prefix("background ") {
        return in_background(&cx, left.parse()?);
    }
    let triggered = match what.as_str() {
        "again" => cx.events().trigger(added("again")).await,
        // By a handle that knows nothing of where it is used.
        "again by another" => {
            let Some(events) = cx.state::<Kept>().events.get() else {
                return Err(Error::invalid("there are no services"));
            };
            events.trigger(added("again by another")).await
        }
        _ => return Ok(()),
    };
    let Some(failed) = triggered.failed().find_map(|ran| ran.failure.clone()) else {
        return Ok(());
    };
    tracing::info!(depth = "inner", "{failed}");
    Err(Error::invalid(failed.to_string()))
}

/// Triggers the event again, so many times more, each time in work that the handler leaves behind.
fn in_background(cx: &Context, left: u32) -> Result<()> {
    match left.checked_sub(1) {
        None => tracing::info!("the last in the background"),
        Some(left) => cx.spawn("again", async move |cx: Context| {
            cx.events().trigger(added(&format!("background {left}"))).await;
            Ok(())
        }),
    }
    Ok(())
}

#[hook([HookName::Startup, HookName::ClientAdded, HookName::ClientRemoved], priority = 10)]
async fn listed(_cx: Context, event: Event) {
    tracing::info!(event = %event.name(), "listed");
}

#[hook("startup")]
fn started(_cx: &Context, _event: Startup) {}

/// Waits for the other one, which a test calls when nobody waits for this one any more.
#[hook]
async fn client_hostname_changed(cx: Context, event: ClientHostnameChanged) -> Result<()> {
    let kept = cx.state::<Kept>();
    match event.previous_hostname.as_str() {
        "wait" => {
            tracing::info!("waiting");
            kept.go_on.notified().await;
        }
        "go on" => kept.go_on.notify_one(),
        // Until whoever listens there closes the connection.
        address if address.contains(':') => held_by(address).await?,
        _ => tokio::time::sleep(Duration::ZERO).await,
    }
    Ok(())
}

/// Runs after the one that waits.
#[hook(HookName::ClientHostnameChanged, priority = 10)]
fn after(_cx: &Context, event: ClientHostnameChanged) {
    tracing::info!(previous = event.previous_hostname, "handled to the end");
}
