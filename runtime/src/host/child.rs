//! A plugin process that has been started.

use std::process::ExitStatus;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::Child as Process;
use tokio_util::task::AbortOnDropHandle;
use tonic::transport::Channel;

use super::{HookClient, OutputSink, stdio};
use crate::connect::Target;

/// A running plugin. Dropping it kills the process, and what that has started; [`Child::stop`] ends
/// it in order.
#[derive(Debug)]
pub struct Child {
    process: Process,
    client: HookClient,
    target: Target,
    /// What reads its stdout and stderr, from the pipes and as it streams them.
    readers: Vec<AbortOnDropHandle<()>>,
}

/// How a plugin ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// What the process ended with.
    pub status: ExitStatus,
    /// Whether it had to be killed.
    pub killed: bool,
}

impl Child {
    pub(super) fn new(
        process: Process,
        target: Target,
        channel: Channel,
        mut readers: Vec<AbortOnDropHandle<()>>,
        output: Option<OutputSink>,
    ) -> Self {
        let client = HookClient::new(channel);
        readers.extend(output.map(|sink| stdio::forward(client.channel(), sink)));
        Self { process, client, target, readers }
    }

    /// Calls its hooks.
    #[must_use]
    pub fn client(&self) -> &HookClient {
        &self.client
    }

    /// Where it listens.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Its process id, as long as it has not been waited for.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        self.process.id()
    }

    /// Waits until it ends by itself.
    ///
    /// # Errors
    ///
    /// The system cannot say.
    pub async fn wait(&mut self) -> std::io::Result<ExitStatus> {
        self.process.wait().await
    }

    /// Ends it as a host does: asks it to, waits, and kills what has not ended after `grace`.
    ///
    /// # Errors
    ///
    /// The system cannot say how it ended.
    pub async fn stop(mut self, grace: Duration) -> std::io::Result<Ended> {
        // The reply does not matter: a process that cannot be asked is ended all the same.
        let _ = tokio::time::timeout(grace, self.client.shutdown()).await;
        let ended = match tokio::time::timeout(grace, self.process.wait()).await {
            Ok(status) => Ended { status: status?, killed: false },
            Err(_) => {
                self.kill();
                Ended { status: self.process.wait().await?, killed: true }
            }
        };
        // What it wrote last is still in the pipes; a grandchild may hold them open for ever.
        for reader in std::mem::take(&mut self.readers) {
            let _ = tokio::time::timeout(Duration::from_millis(200), reader).await;
        }
        Ok(ended)
    }

    /// Kills the process and what it has started, unless it has been waited for.
    fn kill(&self) {
        if let Some(group) = self.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)) {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.kill();
    }
}
