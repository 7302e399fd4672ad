//! A process and what it has started.

use std::io;
use std::process::ExitStatus;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child as Process, Command};

/// A process in a group of its own, so that what it starts can be ended with it, and Ctrl-C in our
/// terminal reaches us alone. Dropping it kills the group, unless it was left or waited for.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) process: Process,
    left: bool,
}

impl Group {
    pub(super) fn spawn(command: &mut Command) -> io::Result<Self> {
        Ok(Self { process: command.process_group(0).spawn()?, left: false })
    }

    pub(super) fn id(&self) -> Option<u32> {
        self.process.id()
    }

    pub(super) async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.process.wait().await
    }

    /// Lets it live on when this is dropped.
    pub(super) fn leave(&mut self) {
        self.left = true;
    }

    /// Kills the process and what it has started, unless it has been waited for.
    pub(super) fn kill(&self) {
        if let Some(group) = self.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)) {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.left {
            self.kill();
        }
    }
}
