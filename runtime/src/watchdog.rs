//! Notices async handlers that block the thread that they run on, which nothing can take back.
//!
//! One such handler makes others wait: where it runs on the thread that was waiting for the sockets,
//! nobody waits for them any more until another thread has something else to do. As many as there
//! are threads bring the whole process to a standstill, health included, and a host whose health
//! checks have no deadline then hangs with it. So a thread of its own, which no handler can block,
//! gives the runtime something to do twice a second; a handler that blocks is named in the log, and a
//! process that stands still is ended, for its host to start anew.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use crate::running::{self, Stay};
use crate::start::exit;
use crate::stop::exit_now;

/// How often it looks.
const ROUND: Duration = Duration::from_millis(500);
/// How long a handler may keep its thread until it is named.
const LONG: Duration = Duration::from_secs(1);

/// The thread that looks; it ends with this.
pub(crate) struct Watchdog {
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Watchdog {
    /// Begins to look after a runtime. A process that stands still for longer than `patience`, unless that is zero,
    /// is ended, and its sockets are removed.
    ///
    /// # Errors
    ///
    /// There is no thread to be had.
    pub(crate) fn start(runtime: Handle, patience: Duration) -> std::io::Result<Self> {
        let stopped = Arc::new(AtomicBool::new(false));
        let mut look = Look {
            runtime,
            patience,
            beats: Arc::new(AtomicU64::new(0)),
            last_beat: (0, Instant::now()),
            seen: Vec::new(),
        };
        look.beat();
        let thread = {
            let stopped = Arc::clone(&stopped);
            std::thread::Builder::new().name("hookwright-watchdog".to_owned()).spawn(move || {
                while !stopped.load(Ordering::Relaxed) {
                    look.round();
                    std::thread::park_timeout(ROUND);
                }
            })?
        };
        Ok(Self { stopped, thread: Some(thread) })
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // Not waited for: it ends within a round, unless it writes to a stderr that nobody reads.
        }
    }
}

/// What was seen so far.
struct Look {
    runtime: Handle,
    patience: Duration,
    /// Raised by a task of the runtime; it stands still when the runtime does.
    beats: Arc<AtomicU64>,
    last_beat: (u64, Instant),
    /// The stays that were there at the last look, since when, and whether they were named.
    seen: Vec<(Stay, Instant, bool)>,
}

impl Look {
    /// Has the runtime run something. From outside, so that it wakes a thread for it, which looks
    /// after the sockets afterwards.
    fn beat(&self) {
        let beats = Arc::clone(&self.beats);
        self.runtime.spawn(async move {
            beats.fetch_add(1, Ordering::Relaxed);
        });
    }

    fn round(&mut self) {
        self.name_those_that_block();
        let beats = self.beats.load(Ordering::Relaxed);
        if beats != self.last_beat.0 {
            self.last_beat = (beats, Instant::now());
            // The one before has run, so there is never more than one.
            self.beat();
        }
        let stands_still = self.last_beat.1.elapsed();
        if !self.patience.is_zero() && stands_still > self.patience {
            // By a thread of its own: it must not wait for a stderr that nobody reads.
            let seconds = stands_still.as_secs();
            let said = std::thread::spawn(move || {
                tracing::error!(
                    seconds,
                    "no task has run for too long: async handlers block all threads; the process ends, for its host to start it anew"
                );
            });
            let until = Instant::now() + ROUND;
            while !said.is_finished() && Instant::now() < until {
                std::thread::park_timeout(ROUND / 50);
            }
            exit_now(exit::CANNOT_GO_ON);
        }
    }

    fn name_those_that_block(&mut self) {
        let now = Instant::now();
        let seen = std::mem::take(&mut self.seen);
        for stay in running::stays() {
            let before = seen.iter().find(|(other, ..)| other.0 == stay.0);
            let (since, named) = before.map_or((now, false), |&(_, since, named)| (since, named));
            let blocks = now - since >= LONG;
            if blocks && !named {
                let handler = stay.1;
                tracing::error!(
                    hook = handler.hook.as_str(),
                    handler = handler.handler,
                    module = handler.module,
                    at = format!("{}:{}", handler.file, handler.line),
                    "an async handler blocks its thread: what blocks belongs into a handler that is not async"
                );
            }
            self.seen.push((stay, since, blocks));
        }
    }
}
