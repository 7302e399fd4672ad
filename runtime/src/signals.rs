//! Signals: SIGTERM ends the process in order; SIGINT is the host's business while there is one.

use std::io;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::task::AbortOnDropHandle;

use crate::stop::Stop;

/// Watches for signals until what is returned is dropped.
pub(crate) fn watch(stop: &Stop, standalone: bool) -> io::Result<AbortOnDropHandle<()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stop = stop.clone();
    Ok(AbortOnDropHandle::new(tokio::spawn(async move {
        loop {
            tokio::select! {
                Some(()) = terminate.recv() => stop.begin("SIGTERM"),
                Some(()) = interrupt.recv() => match standalone {
                    true => stop.begin("SIGINT"),
                    // Ctrl-C in a terminal reaches the whole group; the host then stops us in order.
                    false => tracing::trace!("SIGINT is left to the host"),
                },
                else => return,
            }
        }
    })))
}
