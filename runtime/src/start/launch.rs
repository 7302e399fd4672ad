//! Who starts the process.

use super::protocol::Protocol;
use crate::socket::Listen;

/// How this process came to be.
#[derive(Debug)]
pub enum Launch {
    /// As the child of a host that speaks this.
    ByHost(Protocol),
    /// The same, of one that speaks gRPC whatever is set: this program itself, which calls a hook.
    ByCall(Protocol),
    /// By hand.
    Standalone {
        /// The address; in its absence a free port.
        listen: Option<Listen>,
        /// Whether the process is its own host: it activates the plugins once it listens, and
        /// deactivates them at its end.
        activate: bool,
    },
}

impl Launch {
    pub(super) fn is_standalone(&self) -> bool {
        matches!(self, Self::Standalone { .. })
    }

    /// The protocol of the host, where there is one.
    pub(super) fn protocol(&self) -> Option<&Protocol> {
        match self {
            Self::ByHost(protocol) | Self::ByCall(protocol) => Some(protocol),
            Self::Standalone { .. } => None,
        }
    }
}
