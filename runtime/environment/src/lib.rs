//! Takes variables from the environment of this process, so that the programs that it starts do not
//! inherit them.
//!
//! Whether that may be done depends on the process: C code of another thread may be reading the
//! environment at the same time. So it is done while there is one thread, or not at all.

use std::ffi::OsStr;
use std::{fmt, io};

/// Why the variables stay.
#[derive(Debug)]
pub enum Kept {
    /// The process has several threads already.
    Threads(usize),
    /// The system does not say how many threads the process has.
    Unknown(io::Error),
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Threads(count) => write!(f, "the process has {count} threads already"),
            Self::Unknown(fault) => {
                write!(f, "/proc does not say how many threads the process has: {fault}")
            }
        }
    }
}

impl std::error::Error for Kept {}

/// Takes away each variable whose name is chosen.
///
/// ```
/// // What is started from here on is not told, if this is the only thread.
/// let forgotten = hookwright_environment::forget(|name| name == "A_SECRET");
/// # drop(forgotten);
/// ```
///
/// # Errors
///
/// The process has other threads, or the system does not say so. All variables stay.
pub fn forget(chosen: impl Fn(&OsStr) -> bool) -> Result<(), Kept> {
    let threads = std::fs::read_dir("/proc/self/task").map_err(Kept::Unknown)?.count();
    if threads != 1 {
        return Err(Kept::Threads(threads));
    }
    for (name, _) in std::env::vars_os().filter(|(name, _)| chosen(name)) {
        std::env::remove_var(name);
    }
    Ok(())
}
