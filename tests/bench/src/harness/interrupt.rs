//! Signals that ask this program to end. The servers are in groups of their own, so nobody but this
//! program will end those: they are killed when what waits for them is dropped.

use std::fmt;
use std::future::{Future, poll_fn};
use std::io;
use std::task::Poll;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Watches for the signals, from when it is made.
pub(crate) struct Interrupt {
    signals: Vec<(SignalKind, Signal)>,
}

impl Interrupt {
    pub(crate) fn watch() -> io::Result<Self> {
        let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        let signals = kinds.into_iter().map(|kind| Ok((kind, signal(kind)?)));
        Ok(Self { signals: signals.collect::<io::Result<_>>()? })
    }

    /// Does the work, until a signal comes.
    pub(crate) async fn or<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Interrupted> {
        tokio::select! {
            biased;
            interrupted = self.come() => Err(interrupted),
            done = work => Ok(done),
        }
    }

    async fn come(&mut self) -> Interrupted {
        poll_fn(|cx| {
            let come = self.signals.iter_mut().find_map(|(kind, signal)| {
                matches!(signal.poll_recv(cx), Poll::Ready(Some(()))).then_some(*kind)
            });
            come.map_or(Poll::Pending, |kind| Poll::Ready(Interrupted(kind)))
        })
        .await
    }
}

/// The work was given up because of a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Interrupted(SignalKind);

impl Interrupted {
    /// What a shell reports for a process that this signal ended.
    pub(crate) fn exit_code(self) -> u8 {
        128 + u8::try_from(self.0.as_raw_value()).unwrap_or(0)
    }
}

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ended by signal {}", self.0.as_raw_value())
    }
}

impl std::error::Error for Interrupted {}
