//! Where finished lines go.

use std::fmt;
use std::fs::File;
use std::io::{self, Write as _};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::forward::Queue;

/// The descriptor that the process was given as its stderr, where another one has its place now.
static MOVED: Mutex<Option<File>> = Mutex::new(None);

/// Lets the log, and nothing else, go where stderr goes at this moment, for the time after that.
///
/// # Errors
///
/// The process cannot have another descriptor.
pub(crate) fn keep_stderr() -> io::Result<()> {
    // Not inherited: a host waits until nobody has its pipe any more.
    let kept = rustix::io::fcntl_dupfd_cloexec(io::stderr(), 3)?;
    *MOVED.lock().unwrap_or_else(PoisonError::into_inner) = Some(File::from(kept));
    Ok(())
}

/// Writes bytes there as they are.
pub(crate) fn write_raw(bytes: &[u8]) {
    // Unbuffered, hence one system call for a line. A host that is gone is no reason to die here:
    // the process has other ways to learn of it.
    let _ = match &mut *MOVED.lock().unwrap_or_else(PoisonError::into_inner) {
        Some(kept) => kept.write_all(bytes),
        None => io::stderr().lock().write_all(bytes),
    };
}

/// Another place for records than stderr, once there is one.
pub(super) type Branch = Arc<OnceLock<Queue>>;

/// Takes one whole line at a time.
#[derive(Clone)]
pub(super) struct Sink {
    write: Arc<dyn Fn(&str) + Send + Sync>,
    branch: Branch,
}

impl Sink {
    /// What the process was given as its standard error.
    pub(super) fn stderr() -> Self {
        Self::branching(Branch::default())
    }

    /// The same, or where the branch leads.
    pub(super) fn branching(branch: Branch) -> Self {
        Self::new(|line| write_raw(line.as_bytes()), branch)
    }

    pub(super) fn new(write: impl Fn(&str) + Send + Sync + 'static, branch: Branch) -> Self {
        Self { write: Arc::new(write), branch }
    }

    pub(super) fn write(&self, line: &str) {
        if !self.branch.get().is_some_and(|branch| branch.takes(line)) {
            self.write_here(line);
        }
    }

    /// Writes a record that must not take the branch.
    pub(super) fn write_here(&self, line: &str) {
        (self.write)(line);
    }
}

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sink").finish_non_exhaustive()
    }
}
