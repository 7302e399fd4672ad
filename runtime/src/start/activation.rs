//! A process that is its own host: it activates its plugins once it listens, and deactivates them at
//! its end.

use std::sync::Arc;

use bytes::Bytes;
use hookwright::proto::{
    AppError, OnActivateResponse, OnConfigurationChangeResponse, OnDeactivateResponse,
};
use hookwright::{Broker, HookName};
use prost::Message;

use crate::engine::Engine;
use crate::failure::Failure;
use crate::origin::Origin;
use crate::stop::Stop;

/// The caller: nobody who waits, and nobody to open connections to.
fn origin() -> Origin {
    Origin { limit: None, broker: Broker::none(), received: None }
}

/// Activates the plugins, which the end of the process then deactivates; unless that has begun.
///
/// # Errors
///
/// Why they are not active.
pub(super) async fn activate(engine: &Arc<Engine>, stop: &Stop) -> Result<(), String> {
    match configure_and_activate(engine).await {
        Ok(()) => {
            stop.deactivates();
            Ok(())
        }
        Err(_) if stop.has_begun() => Ok(()),
        Err(why) => Err(why),
    }
}

/// Tells the plugins of their configuration, and activates them. A configuration that does not fit is
/// in the log, as a host leaves it there.
async fn configure_and_activate(engine: &Arc<Engine>) -> Result<(), String> {
    let hook = HookName::OnConfigurationChange;
    let reply = engine.call(hook.as_str(), Bytes::new(), origin()).await;
    if let Err(why) = read::<OnConfigurationChangeResponse>(reply, |reply| reply.error) {
        tracing::error!(error = why, "the plugins could not take their configuration");
    }
    let reply = engine.call(HookName::OnActivate.as_str(), Bytes::new(), origin()).await;
    read::<OnActivateResponse>(reply, |reply| reply.error)
        .map_err(|why| format!("the plugins cannot be activated: {why}"))
}

/// Deactivates the plugins of a process that takes no calls any more.
pub(crate) async fn deactivate(engine: &Arc<Engine>) {
    let reply = engine.call_at_end(HookName::OnDeactivate, origin()).await;
    if let Err(why) = read::<OnDeactivateResponse>(reply, |reply| reply.error) {
        tracing::error!(error = why, "the plugins could not be deactivated");
    }
}

/// The error in a reply, or in place of one.
fn read<R: Message + Default>(
    reply: Result<Bytes, Failure>,
    error: fn(R) -> Option<AppError>,
) -> Result<(), String> {
    let reply = reply.map_err(|failure| failure.text)?;
    let reply = R::decode(reply).map_err(|fault| fault.to_string())?;
    match error(reply) {
        None => Ok(()),
        Some(error) if error.message.is_empty() => Err(error.id),
        Some(error) => Err(error.message),
    }
}
