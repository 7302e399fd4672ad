//! Why a plugin does not start.

use std::path::PathBuf;
use std::time::Duration;

use crate::goplugin::tls::{BadCertificate, TlsError};
use crate::start::handshake::HandshakeError;

/// Why a plugin did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LaunchError {
    /// It cannot be run at all.
    #[error("{} cannot be run: {fault}", program.display())]
    Spawn {
        /// The program.
        program: PathBuf,
        /// Why.
        fault: std::io::Error,
    },
    /// It said nothing in time.
    #[error("no handshake within {} ms", after.as_millis())]
    Timeout {
        /// How long was waited.
        after: Duration,
    },
    /// It ended before it said anything.
    #[error("the process ended before its handshake ({status}); its own words are on stderr")]
    Exited {
        /// What it ended with.
        status: String,
    },
    /// What it said is not a handshake.
    #[error(transparent)]
    Handshake(#[from] HandshakeError),
    /// It speaks another version of the application's protocol.
    #[error("the plugin speaks version {version} of the protocol, and here it is {versions:?}")]
    Version {
        /// What it speaks.
        version: u32,
        /// What is spoken here.
        versions: Vec<u32>,
    },
    /// Its address cannot be used.
    #[error(transparent)]
    Address(#[from] crate::connect::BadTarget),
    /// It was asked for TLS, and does not speak it.
    #[error("the plugin shows no certificate in its handshake: it does not know AutoMTLS")]
    NoCertificate,
    /// The certificate in its handshake cannot be used.
    #[error("the plugin's certificate, in its handshake: {0}")]
    Certificate(#[source] BadCertificate),
    /// There can be no TLS at our side.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// Reading from it failed.
    #[error("reading the handshake: {0}")]
    Read(#[from] std::io::Error),
}
