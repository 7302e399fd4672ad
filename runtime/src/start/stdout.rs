//! The real stdout, kept for the one line that is the host's to read.

use std::fs::File;
use std::io::{self, Write as _};

/// The stdout that the process was started with.
#[derive(Debug)]
pub(super) struct Stdout {
    file: File,
}

impl Stdout {
    /// Takes it away from the rest of the process: what a plugin prints to stdout goes to stderr
    /// from here on, where it cannot come before the handshake or be mistaken for it.
    pub(super) fn take() -> io::Result<Self> {
        let kept = rustix::io::fcntl_dupfd_cloexec(io::stdout(), 3)?;
        rustix::stdio::dup2_stdout(io::stderr())?;
        Ok(Self { file: File::from(kept) })
    }

    /// Writes one line at once.
    pub(super) fn write_line(&mut self, line: &str) -> io::Result<()> {
        self.file.write_all(line.as_bytes())?;
        self.file.flush()
    }
}
