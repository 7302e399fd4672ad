//! The two pipes of a plugin that was started: each is read until its end, or the plugin would block.

use std::sync::Arc;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{ChildStderr, ChildStdout};
use tokio_util::task::AbortOnDropHandle;

use crate::log::{LogLine, LogReader};

/// The longest line that is read as one.
pub(super) const LONGEST_LINE: u64 = 64 * 1024;

/// Takes each line that the child writes to stderr. One of more than 64 KiB comes in pieces.
pub type LogSink = Arc<dyn Fn(LogLine) + Send + Sync>;

/// Passes on what the child writes to stderr, line by line.
pub(super) fn forward(stderr: ChildStderr, log: LogSink) -> AbortOnDropHandle<()> {
    AbortOnDropHandle::new(tokio::spawn(async move {
        let mut stderr = BufReader::new(stderr);
        let mut line = Vec::new();
        // One for each process: what follows a panic in Go belongs to that panic.
        let mut reader = LogReader::default();
        // Lines, not text: what is not UTF-8 must not end the reading, or the child would block.
        while let Ok(1..) = (&mut stderr).take(LONGEST_LINE).read_until(b'\n', &mut line).await {
            let text = String::from_utf8_lossy(&line);
            log(reader.read(text.trim_end_matches(['\n', '\r'])));
            line.clear();
        }
    }))
}

/// Reads what the child writes to stdout after its handshake, and throws it away.
pub(super) fn drain(mut stdout: BufReader<ChildStdout>) -> AbortOnDropHandle<()> {
    AbortOnDropHandle::new(tokio::spawn(async move {
        let mut sink = tokio::io::sink();
        let _ = tokio::io::copy(&mut stdout, &mut sink).await;
    }))
}
