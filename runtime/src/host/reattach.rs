//! Calling a plugin that somebody else has started.

use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use serde::{Deserialize, Serialize};

use super::HookClient;
use crate::connect::Target;

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
        Ok(serde_json::from_str(text)?)
    }
}

impl Reattach {
    pub(super) fn to(target: &Target, version: u32, pid: i32) -> Self {
        let (network, string) = match target {
            Target::Tcp(_) => ("tcp", target.to_string()),
            Target::Unix(path) => ("unix", path.display().to_string()),
        };
        let addr = ReattachAddr { network: network.to_owned(), string };
        Self { protocol: "grpc".to_owned(), protocol_version: version, pid, test: false, addr }
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
        Ok(match self.addr.network.as_str() {
            "unix" => format!("unix:{}", self.addr.string).parse()?,
            _ => self.addr.string.parse()?,
        })
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
        if self.test {
            return false;
        }
        let _ = tokio::time::timeout(grace, client.shutdown()).await;
        let Some(pid) = Pid::from_raw(self.pid) else { return false };
        let gone = async {
            // It is not our child, so that nobody tells us of its end.
            while test_kill_process(pid).is_ok() {
                tokio::time::sleep(LOOK).await;
            }
        };
        if tokio::time::timeout(grace, gone).await.is_ok() {
            return false;
        }
        let _ = kill_process(pid, Signal::KILL);
        true
    }
}
