//! Signals: SIGTERM ends the process in order; SIGHUP has it read its log level anew; SIGINT is the
//! host's business while there is one.

use std::io::{self, IsTerminal as _};

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::task::AbortOnDropHandle;

use crate::stop::Stop;

/// Watches for signals until what is returned is dropped. Also for those that this process was
/// started with as ignored (`nohup`): which ones are is not for whoever started the host to say.
pub(crate) fn watch(
    stop: &Stop,
    standalone: bool,
    read_level: impl Fn() + Send + 'static,
) -> io::Result<AbortOnDropHandle<()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    // A person's terminal was closed; under a host that is its business as well.
    let at_a_terminal = standalone && io::stdin().is_terminal();
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
                Some(()) = hang_up.recv() => match at_a_terminal {
                    true => stop.begin("SIGHUP"),
                    false => read_level(),
                },
                else => return,
            }
        }
    })))
}
