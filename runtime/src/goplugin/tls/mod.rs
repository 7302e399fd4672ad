//! AutoMTLS: TLS between a host and its plugin, each with a certificate that lives as long as the
//! process, and each accepting the other's and no third.
//!
//! A host puts its certificate into PLUGIN_CLIENT_CERT, as PEM; a plugin answers with its own in the
//! sixth field of the handshake. Private keys never leave their process. Whoever connects is the TLS
//! client, host or plugin, so a [`MutualTls`] can do either:
//!
//! 1. [`Identity::generate`] makes a key and its certificate;
//! 2. [`PeerCertificate::from_pem`] or [`PeerCertificate::from_field`] reads that of the other side;
//! 3. [`MutualTls::new`] takes both; [`MutualTls::accept`] and [`MutualTls::connect`] do the
//!    handshake over any connection. [`Handshakes`] does many at a time, for a listener.

mod accept;
mod explain;
mod identity;
mod mutual;
mod peer;
mod verify;

pub(crate) use accept::encrypted;
pub(crate) use identity::Identity;
pub(crate) use mutual::MutualTls;
pub use peer::{BadCertificate, PeerCertificate};

/// What a process cannot do TLS without.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A certificate of its own.
    #[error("cannot make a certificate for TLS: {0}")]
    Identity(#[from] rcgen::Error),
    /// Ciphers and versions that go with each other.
    #[error("cannot set up TLS: {0}")]
    Config(#[from] rustls::Error),
}

#[cfg(test)]
mod tests;
