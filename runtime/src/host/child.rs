//! A plugin process that has been started.

use std::os::unix::fs::FileTypeExt as _;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::task::AbortOnDropHandle;
use tonic::transport::Channel;

use super::group::Group;
use super::{HookClient, OutputSink, Reattach, stdio};
use crate::connect::Target;
use crate::start::handshake::Handshake;

/// A running plugin. Dropping it kills the process, and what that has started; [`Child::stop`] ends
/// it in order.
#[derive(Debug)]
pub struct Child {
    process: Group,
    client: HookClient,
    target: Target,
    handshake: Handshake,
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
        process: Group,
        target: Target,
        handshake: Handshake,
        channel: Channel,
        mut readers: Vec<AbortOnDropHandle<()>>,
        output: Option<OutputSink>,
    ) -> Self {
        let client = HookClient::new(channel).until(process.ended.clone());
        // Read in any case: a plugin in Go waits until its host has taken what it prints.
        let sink = output.unwrap_or_else(|| Arc::new(|_, _| ()));
        readers.push(stdio::forward(client.channel(), sink));
        Self { process, client, target, handshake, readers }
    }

    /// Calls its hooks.
    #[must_use]
    pub fn client(&self) -> &HookClient {
        &self.client
    }

    /// Where it listens. Over TLS, where that was asked for, only [`Self::client`] reaches it.
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

    /// Ends it as a host does: asks it to, waits, and kills what has not ended after `grace`. What it
    /// has started ends with it, but for programs that have left its process group.
    ///
    /// # Errors
    ///
    /// The system cannot say how it ended.
    pub async fn stop(mut self, grace: Duration) -> std::io::Result<Ended> {
        let in_order = async {
            // Somebody else may listen there by now: nobody is asked in the place of a process that
            // has ended.
            if !self.process.has_ended() {
                // The reply does not matter: a process that cannot be asked is ended all the same.
                let _ = self.client.shutdown().await;
            }
            self.process.wait().await
        };
        let ended = match tokio::time::timeout(grace, in_order).await {
            Ok(status) => Ended { status: status?, killed: false },
            Err(_) => {
                self.process.kill();
                Ended { status: self.process.wait().await?, killed: true }
            }
        };
        // What it wrote last is still in the pipes; a program that it left may hold them open for ever.
        for reader in std::mem::take(&mut self.readers) {
            let _ = tokio::time::timeout(Duration::from_millis(200), reader).await;
        }
        if let Target::Unix(socket) = &self.target
            && std::fs::symlink_metadata(socket).is_ok_and(|file| file.file_type().is_socket())
        {
            // One that was killed could not do it.
            let _ = std::fs::remove_file(socket);
        }
        Ok(ended)
    }

    /// How another host, or this one later, reaches it. Over TLS there is no way: its certificate
    /// serves the host that launched it, and nobody else.
    #[must_use]
    pub fn reattach(&self) -> Option<Reattach> {
        let pid = self.id().and_then(|id| i32::try_from(id).ok())?;
        let Handshake { address, version, certificate, .. } = &self.handshake;
        certificate.is_none().then(|| Reattach::to(address, *version, pid, false))
    }

    /// Leaves it running, with nobody who looks after it; what it prints and logs is lost. A plugin
    /// of this project ends with its host all the same, unless `HOOKWRIGHT_OUTLIVE_HOST` is `on`.
    pub fn leave(mut self) {
        self.process.leave();
    }
}
