//! Calling a plugin that somebody else has started.

use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use serde::{Deserialize, Serialize};

use super::HookClient;
use crate::connect::Target;
use crate::socket::{Address, Network};

/// How often to look whether a process that is not ours has ended.
const LOOK: Duration = Duration::from_millis(50);

/// Where a running plugin can be reached, in the form in which plugins print it for debuggers:
///
/// ```
/// use hookwright_runtime::host::Reattach;
///
/// let printed = r#"{"Protocol":"grpc","ProtocolVersion":1,"Pid":4711,"Test":true,
///     "Addr":{"Network":"unix","String":"/tmp/plugin1"}}"#;
/// let reattach: Reattach = printed.parse()?;
/// assert_eq!(reattach.target()?.to_string(), "unix:/tmp/plugin1");
/// # Ok::<(), hookwright_runtime::host::ReattachError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Reattach {
    /// `grpc`.
    pub protocol: String,
    /// The application's protocol version that it speaks.
    #[serde(default)]
    pub protocol_version: u32,
    /// Its process.
    pub pid: i32,
    /// Whether its end is not for a host to ask for.
    #[serde(default)]
    pub test: bool,
    /// Where it listens.
    pub addr: ReattachAddr,
}

/// Where a running plugin listens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ReattachAddr {
    /// `tcp` or `unix`.
    pub network: String,
    /// `host:port` or the path.
    pub string: String,
}

/// Why a running plugin cannot be reached.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReattachError {
    /// What was printed is something else.
    #[error("not what a plugin prints for reattaching: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// It does not speak gRPC.
    #[error("the plugin speaks \"{0}\": expected grpc")]
    Protocol(String),
    /// It does not say which process it is.
    #[error("{0} is not the id of a process")]
    Pid(i32),
    /// It listens in some other way.
    #[error("the plugin listens on \"{0}\": expected tcp or unix")]
    Network(String),
    /// Its address cannot be used.
    #[error(transparent)]
    Address(#[from] crate::connect::BadTarget),
    /// It is not there any more.
    #[error("nobody listens at {target}: {fault}")]
    NotFound {
        /// Where it was looked for.
        target: Target,
        /// Why it was not found.
        fault: tonic::transport::Error,
    },
}

impl std::str::FromStr for Reattach {
    type Err = ReattachError;

    fn from_str(text: &str) -> Result<Self, ReattachError> {
        let reattach: Self = serde_json::from_str(text)?;
        match reattach.pid {
            // To the system 0 and what is below it are groups of processes, or all of them.
            1.. => Ok(reattach),
            pid => Err(ReattachError::Pid(pid)),
        }
    }
}

impl Reattach {
    pub(crate) fn to(address: &Address, version: u32, pid: i32, test: bool) -> Self {
        let Address { network, text } = address;
        let addr = ReattachAddr { network: network.to_string(), string: text.clone() };
        Self { protocol: "grpc".to_owned(), protocol_version: version, pid, test, addr }
    }

    /// Where it listens.
    ///
    /// # Errors
    ///
    /// It is no address, or not of gRPC.
    pub fn target(&self) -> Result<Target, ReattachError> {
        if self.protocol != "grpc" {
            return Err(ReattachError::Protocol(self.protocol.clone()));
        }
        let network = Network::named(&self.addr.network)
            .ok_or_else(|| ReattachError::Network(self.addr.network.clone()))?;
        Ok(Target::try_from(&Address { network, text: self.addr.string.clone() })?)
    }

    /// Connects to it.
    ///
    /// # Errors
    ///
    /// It is not there.
    pub async fn connect(&self) -> Result<HookClient, ReattachError> {
        let target = self.target()?;
        match target.connect().await {
            Ok(channel) => Ok(HookClient::new(channel)),
            Err(fault) => Err(ReattachError::NotFound { target, fault }),
        }
    }

    /// Ends it as a host does: asks it to, waits, and kills what has not ended after `grace`. One
    /// in test mode is left alone. Returns whether it had to be killed.
    pub async fn stop(&self, client: &HookClient, grace: Duration) -> bool {
        let Some(pid) = Some(self.pid).filter(|pid| !self.test && *pid > 0).and_then(Pid::from_raw)
        else {
            return false;
        };
        let is_there = || test_kill_process(pid).is_ok();
        let in_order = async {
            // Somebody else may listen there by now.
            if is_there() {
                let _ = client.shutdown().await;
            }
            // It is not our child, so that nobody tells us of its end.
            while is_there() {
                tokio::time::sleep(LOOK).await;
            }
        };
        let killed = tokio::time::timeout(grace, in_order).await.is_err();
        if killed {
            let _ = kill_process(pid, Signal::KILL);
        }
        killed
    }
}
