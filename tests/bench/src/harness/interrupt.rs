//! Signals that ask this program to end. The servers are in groups of their own, so nobody but this
//! program will end those: they are killed when what waits for them is dropped.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Watches for the signals, from when it is made.
#[derive(Debug)]
pub(crate) struct Interrupt {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

impl Interrupt {
    pub(crate) fn watch() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    /// Does the work, until a signal comes.
    pub(crate) async fn or<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Interrupted> {
        let kind = tokio::select! {
            biased;
            _ = self.interrupt.recv() => SignalKind::interrupt(),
            _ = self.terminate.recv() => SignalKind::terminate(),
            _ = self.hangup.recv() => SignalKind::hangup(),
            done = work => return Ok(done),
        };
        Err(Interrupted { signal: kind.as_raw_value() })
    }
}

/// The work was given up because of a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("ended by signal {signal}; the servers are ended as well")]
pub(crate) struct Interrupted {
    signal: i32,
}

impl Interrupted {
    /// What a shell reports for a process that this signal ended.
    pub(crate) fn exit_code(self) -> u8 {
        128 + u8::try_from(self.signal).unwrap_or(0)
    }
}
