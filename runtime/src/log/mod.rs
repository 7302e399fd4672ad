//! Logs: hclog JSON lines on stderr, which a go-plugin host reads as its child's log.
//!
//! One record is one line and one write. A line always holds `@level`, `@message`, `@module` and
//! `@timestamp`, each exactly once and each a string: a host dies of any other type there. After
//! them come the fields of the spans around the event, root first, and then the event's own. A
//! line never outgrows what the host reads at once; what had to be left out for that is counted
//! in `truncated_bytes`.
//!
//! [`install`] sets up the writing side. [`LogReader`] is the reading side, for a host that shows
//! the log of its child. [`LogTo`] is the choice of the server's log beside stderr.

mod fields;
mod forward;
mod layer;
mod level;
mod line;
mod panic;
mod reader;
mod scratch;
mod sink;
mod text;
mod timestamp;
mod visit;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use hookwright::api::Client;
use tracing::subscriber::{SetGlobalDefaultError, set_global_default};
use tracing_subscriber::layer::SubscriberExt;

use self::layer::{Hclog, Threshold};
use self::sink::{Branch, Sink};

pub(crate) use self::forward::Forwarding;
pub use self::forward::LogTo;
pub use self::level::{Level, ParseLevelError};
pub use self::reader::{LogLine, LogReader};
pub(crate) use self::sink::{keep_stderr, write_raw};

/// Sends the events and the panics of this process to stderr, from `level` up.
///
/// # Errors
///
/// When the process has a global `tracing` subscriber already; then nothing is changed.
pub fn install(level: Level) -> Result<LogControl, InstallError> {
    let threshold = Threshold::new(level);
    let branch = Branch::default();
    let sink = Sink::branching(Arc::clone(&branch));
    let layer = Hclog::new(threshold.clone(), sink.clone());
    set_global_default(tracing_subscriber::registry().with(layer)).map_err(InstallError)?;
    panic::install(sink);
    Ok(LogControl { threshold, branch })
}

/// Writes plain text to stderr as one line, for a person: where no host reads along.
///
/// Unlike `eprintln!` this does not panic when stderr is closed.
pub fn plain_line(text: &str) {
    let mut line = text.trim_end_matches('\n').to_owned();
    line.push('\n');
    Sink::stderr().write(&line);
}

/// Changes the level of the installed log while the process runs.
#[derive(Debug, Clone)]
pub struct LogControl {
    threshold: Threshold,
    branch: Branch,
}

impl LogControl {
    /// The lowest level that is written.
    #[must_use]
    pub fn level(&self) -> Level {
        self.threshold.get()
    }

    /// Writes what is at `level` or above from now on.
    pub fn set_level(&self, level: Level) {
        self.threshold.set(level);
    }

    /// Sends records to the server as well, or instead, from now on until what is returned is
    /// finished. Only the first such wish counts.
    pub(crate) fn forward(&self, to: LogTo, api: &Client) -> Option<Forwarding> {
        let both = match to {
            LogTo::Stderr => return None,
            LogTo::Api => false,
            LogTo::Both => true,
        };
        let (queue, forwarding) = forward::start(api, both);
        let _ = self.branch.set(queue);
        Some(forwarding)
    }
}

/// The log could not be installed.
#[derive(Debug, thiserror::Error)]
#[error("this process has a log already")]
pub struct InstallError(#[source] SetGlobalDefaultError);
