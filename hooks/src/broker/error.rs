//! Why there is no connection.

/// Why there is no brokered connection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BrokerError {
    /// The call came from no host.
    #[error("there is no host to agree on connection {id} with")]
    NoHost {
        /// The id.
        id: u32,
    },
    /// The host does not broker.
    #[error(
        "the host has opened no broker stream within {seconds} s (GRPCBroker.StartStream), so there is nobody to agree on connection {id} with"
    )]
    NoStream {
        /// The id.
        id: u32,
        /// How long was waited.
        seconds: u64,
    },
    /// The host has gone, or goes.
    #[error("the host's broker stream has ended, and connection {id} with it")]
    Ended {
        /// The id.
        id: u32,
    },
    /// The plugin listens on this id already.
    #[error("connection {id} is being accepted already: each id has one listener at a time")]
    Taken {
        /// The id.
        id: u32,
    },
    /// The plugin listens on very many.
    #[error("connection {id} is not accepted: {most} others are already")]
    TooMany {
        /// The id.
        id: u32,
        /// How many there may be.
        most: usize,
    },
    /// There is nothing to listen on.
    #[error("connection {id} cannot be accepted: {fault}")]
    Listen {
        /// The id.
        id: u32,
        /// Why not.
        fault: String,
    },
    /// The host has not said where it accepts.
    #[error(
        "timeout waiting for connection info: the host has not accepted connection {id} within {seconds} s"
    )]
    Timeout {
        /// The id.
        id: u32,
        /// How long was waited.
        seconds: u64,
    },
    /// The host has not answered, where connections share one socket.
    #[error(
        "timeout waiting for multiplexing knock handshake on id {id}: the host has not answered within {seconds} s"
    )]
    KnockTimeout {
        /// The id.
        id: u32,
        /// How long was waited.
        seconds: u64,
    },
    /// Others were dialed before it, one after the other, where connections share one socket.
    #[error(
        "connection {id} was not tried: the host kept those dialed before it waiting for {seconds} s"
    )]
    Busy {
        /// The id.
        id: u32,
        /// How long was waited.
        seconds: u64,
    },
    /// The host has refused, where connections share one socket.
    #[error("the host refused connection {id}: {reason}")]
    Refused {
        /// The id.
        id: u32,
        /// What the host says.
        reason: String,
    },
    /// The host accepts, but there is no getting there.
    #[error("connection {id} cannot be made: {fault}")]
    Connect {
        /// The id.
        id: u32,
        /// Why not.
        fault: String,
    },
}
