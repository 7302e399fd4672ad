//! The descriptors that the process was started with, kept from whatever plugins print.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::IntoRawFd as _;

use rustix::io::fcntl_dupfd_cloexec;

use crate::goplugin::stdio::Output;
use crate::log;
use crate::parent::Host;

/// The real stdout, for the line that says where the process listens, and what has its place.
#[derive(Debug)]
pub(super) struct Stdout {
    kept: File,
    standalone: bool,
    /// What is printed, to be carried to the host.
    pub(super) output: Output,
    /// Who started this process; none if nobody did.
    pub(super) host: Option<Host>,
}

impl Stdout {
    /// Takes it away from the rest of the process, so that nothing comes before that line or can be
    /// mistaken for it. Under a host stderr goes the same way, and only the log still has it; and
    /// stdin, which is the host's own, becomes empty.
    pub(super) fn take(standalone: bool) -> io::Result<Self> {
        let kept = File::from(fcntl_dupfd_cloexec(io::stdout(), 3)?);
        if standalone {
            rustix::stdio::dup2_stdout(io::stderr())?;
            return Ok(Self { kept, standalone, output: Output::default(), host: None });
        }
        let stderr = File::from(fcntl_dupfd_cloexec(io::stderr(), 3)?);
        let host = Host::of_process(kept.try_clone()?, stderr);
        log::keep_stderr()?;
        rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
        Ok(Self { kept, standalone, output: Output::captured()?, host: Some(host) })
    }

    /// Writes text at once. Without a host the rest of the process has its stdout back then.
    pub(super) fn announce(&mut self, text: &str) -> io::Result<()> {
        self.kept.write_all(text.as_bytes())?;
        self.kept.flush()?;
        if self.standalone {
            rustix::stdio::dup2_stdout(&self.kept)?;
        }
        Ok(())
    }

    /// Writes down what was printed by a process that nobody can ask for it.
    ///
    /// The descriptor stays open for as long as the process lives: a host kills a plugin whose stdout
    /// has closed at once, and would have neither its last words nor its exit code.
    pub(super) fn give_up(self) {
        log::write_raw(&self.output.unread());
        let _ = self.kept.into_raw_fd();
    }
}
