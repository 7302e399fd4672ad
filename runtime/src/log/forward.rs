//! The log by way of the server: records go to `LogDebug`, `LogInfo`, `LogWarn` and `LogError`.
//!
//! Whoever logs never waits for the server. Records wait in a queue of bounded length, and one task
//! sends them, in their order. What finds no room, and what the server does not take, goes to stderr,
//! where it would have gone anyway, and is counted; the server hears of the count when it takes
//! records again. Records that the sending itself causes go to stderr alone, or each would cause the
//! next.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hookwright::ApiError;
use hookwright::api::Client;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::level::Level;
use super::reader::LogLine;
use super::sink::write_raw;

/// How many records may wait.
const QUEUE: usize = 1024;
/// How long the server may take for one.
const TIMEOUT: Duration = Duration::from_secs(5);
/// How long those that wait at the end of the process may take together.
const LAST_WORDS: Duration = Duration::from_secs(1);

tokio::task_local! {
    /// Set while the task that sends records runs.
    static SENDING: ();
}

/// Where records go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogTo {
    /// To stderr, which the host reads.
    Stderr,
    /// To the server's API; to stderr what the server does not take.
    Api,
    /// To both.
    Both,
}

/// The way to the task that sends.
#[derive(Debug)]
pub(super) struct Queue {
    lines: Sender<String>,
    /// Whether stderr gets what the server gets.
    both: bool,
    /// How many records the server has not got, and has not heard of.
    missed: Arc<AtomicUsize>,
}

impl Queue {
    /// Takes a finished line, unless it comes of the sending itself.
    ///
    /// The answer is whether stderr has to have it.
    pub(super) fn takes(&self, line: &str) -> bool {
        if SENDING.try_with(|()| ()).is_ok() {
            return false;
        }
        let taken = self.lines.try_send(line.to_owned()).is_ok();
        if !taken {
            self.missed.fetch_add(1, Ordering::Relaxed);
        }
        taken && !self.both
    }
}

/// The task that sends records.
#[derive(Debug)]
pub(crate) struct Forwarding {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Forwarding {
    /// Sends what still waits, or writes it to stderr where that takes too long.
    pub(crate) async fn finish(self) {
        self.stop.cancel();
        // It ends by itself, and cannot be cancelled.
        let _ = self.task.await;
    }
}

/// Starts the task.
pub(super) fn start(api: &Client, both: bool) -> (Queue, Forwarding) {
    let (sender, lines) = channel(QUEUE);
    let missed = Arc::new(AtomicUsize::new(0));
    let stop = CancellationToken::new();
    let queue = Queue { lines: sender, both, missed: Arc::clone(&missed) };
    let courier = Courier { api: api.with_timeout(TIMEOUT), lines, both, missed, under_way: None };
    let task = tokio::spawn(SENDING.scope((), courier.run(stop.clone())));
    (queue, Forwarding { stop, task })
}

/// What the task is made of.
struct Courier {
    api: Client,
    lines: Receiver<String>,
    both: bool,
    missed: Arc<AtomicUsize>,
    /// The record that is being sent.
    under_way: Option<String>,
}

impl Courier {
    async fn run(mut self, stop: CancellationToken) {
        let sent_all = {
            // From the stop on, and not from the end of the record that is under way then: a server
            // that does not answer would hold up the end of the process by its whole timeout.
            let over = async {
                stop.cancelled().await;
                tokio::time::sleep(LAST_WORDS).await;
            };
            let sending = async {
                while let Some(line) = self.next(&stop).await {
                    self.deliver(line).await;
                }
            };
            tokio::select! {
                () = sending => true,
                () = over => false,
            }
        };
        if sent_all {
            return;
        }
        // From here on records go to stderr at once.
        self.lines.close();
        if let Some(line) = self.under_way.take() {
            self.fall_back(&line);
        }
        while let Ok(line) = self.lines.try_recv() {
            self.fall_back(&line);
        }
    }

    /// The next record; at the end those that wait, and no further ones.
    async fn next(&mut self, stop: &CancellationToken) -> Option<String> {
        tokio::select! {
            biased;
            () = stop.cancelled() => self.lines.close(),
            line = self.lines.recv() => return line,
        }
        self.lines.recv().await
    }

    async fn deliver(&mut self, line: String) {
        let Some(record) = LogLine::parse(&line) else {
            self.fall_back(&line);
            return;
        };
        self.under_way = Some(line);
        let sent = send(&self.api, record).await;
        let line = self.under_way.take().unwrap_or_default();
        match sent {
            Ok(()) => self.tell_what_was_missed().await,
            Err(_) => self.fall_back(&line),
        }
    }

    fn fall_back(&self, line: &str) {
        self.missed.fetch_add(1, Ordering::Relaxed);
        if !self.both {
            write_raw(line.as_bytes());
        }
    }

    async fn tell_what_was_missed(&self) {
        let missed = self.missed.swap(0, Ordering::Relaxed);
        if missed == 0 {
            return;
        }
        let text = "the log has records that did not get here; they are in the host's log";
        if self.api.log_warn(text, [("records", missed)]).await.is_err() {
            self.missed.fetch_add(missed, Ordering::Relaxed);
        }
    }
}

async fn send(api: &Client, record: LogLine) -> Result<(), ApiError> {
    let mut fields = record.fields;
    if let Some(module) = record.module {
        fields.insert("module".to_owned(), module.into());
    }
    match record.level {
        Level::Trace | Level::Debug => api.log_debug(&record.message, fields).await,
        Level::Info => api.log_info(&record.message, fields).await,
        Level::Warn => api.log_warn(&record.message, fields).await,
        Level::Error => api.log_error(&record.message, fields).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(both: bool) -> (Queue, Receiver<String>) {
        let (lines, receiver) = channel(1);
        (Queue { lines, both, missed: Arc::default() }, receiver)
    }

    #[tokio::test]
    async fn a_record_that_the_sending_causes_is_not_taken() {
        let (queue, mut lines) = queue(false);

        assert!(!SENDING.scope((), async { queue.takes("of the sending") }).await);
        assert!(queue.takes("of a handler"));

        assert_eq!(lines.recv().await.as_deref(), Some("of a handler"));
        assert_eq!(queue.missed.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn what_finds_no_room_is_for_stderr_and_counted() {
        let (queue, mut lines) = queue(false);

        assert!(queue.takes("first"));
        assert!(!queue.takes("second"));

        assert_eq!(queue.missed.load(Ordering::Relaxed), 1);
        assert_eq!(lines.recv().await.as_deref(), Some("first"));
    }

    #[tokio::test]
    async fn where_it_goes_to_both_stderr_has_it_too() {
        let (queue, mut lines) = queue(true);

        assert!(!queue.takes("a record"));

        assert_eq!(lines.recv().await.as_deref(), Some("a record"));
    }
}
