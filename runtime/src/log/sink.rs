//! Where finished lines go.

use std::fmt;
use std::io::{self, Write as _};
use std::sync::Arc;

/// Takes one whole line at a time.
#[derive(Clone)]
pub(super) struct Sink(Arc<dyn Fn(&str) + Send + Sync>);

impl Sink {
    /// The process's standard error.
    pub(super) fn stderr() -> Self {
        // Unbuffered, hence one system call for a line. A host that is gone is no reason to die
        // here: the process has other ways to learn of it.
        Self::new(|line| {
            let _ = io::stderr().lock().write_all(line.as_bytes());
        })
    }

    pub(super) fn new(write: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Arc::new(write))
    }

    pub(super) fn write(&self, line: &str) {
        (self.0)(line);
    }
}

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sink").finish_non_exhaustive()
    }
}
