//! A process and what it has started.

use std::io;
use std::process::ExitStatus;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child as Process, Command};
use tokio_util::sync::CancellationToken;

/// A process in a group of its own, so that what it starts can be ended with it, and Ctrl-C in our
/// terminal reaches us alone. The group ends with the process, and when this is dropped.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) process: Process,
    /// None when it has been killed, or is to live on.
    group: Option<Pid>,
    /// Cancelled when the process has been killed, or is known to have ended.
    pub(super) ended: CancellationToken,
}

impl Group {
    pub(super) fn spawn(command: &mut Command) -> io::Result<Self> {
        let process = command.process_group(0).spawn()?;
        let group = process.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        Ok(Self { process, group, ended: CancellationToken::new() })
    }

    pub(super) fn id(&self) -> Option<u32> {
        self.process.id()
    }

    /// Waits for the end of the process, and kills what is left of its group.
    pub(super) async fn wait(&mut self) -> io::Result<ExitStatus> {
        let status = self.process.wait().await?;
        self.kill();
        Ok(status)
    }

    /// Whether the process has ended.
    pub(super) fn has_ended(&mut self) -> bool {
        let ended = matches!(self.process.try_wait(), Ok(Some(_)));
        if ended {
            self.kill();
        }
        ended
    }

    /// Lets it live on when this is dropped.
    pub(super) fn leave(&mut self) {
        self.group = None;
    }

    /// Kills the process and what it has started. Once: the number of a group that is no more may be
    /// somebody else's later.
    pub(super) fn kill(&mut self) {
        if let Some(group) = self.group.take() {
            let _ = kill_process_group(group, Signal::KILL);
            self.ended.cancel();
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}
