//! TLS in both directions between two processes that know each other's certificates.

use std::fmt;
use std::io;
use std::sync::Arc;

use pki_types::ServerName;
use rustls::client::Resumption;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::server::NoServerSessionStorage;
use rustls::{ClientConfig, ServerConfig};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::{Accept, TlsAcceptor, TlsConnector, client};

use super::explain::explain;
use super::identity::NAME;
use super::verify::Pinned;
use super::{Identity, PeerCertificate, TlsError};

/// Without it, a client in Go hangs up.
const HTTP2: &[u8] = b"h2";

/// TLS 1.2 or later, as server or as client. Each handshake proves both keys anew: no session is
/// resumed. Clones are the same.
#[derive(Clone)]
pub(crate) struct MutualTls {
    server: Arc<ServerConfig>,
    client: Arc<ClientConfig>,
}

impl MutualTls {
    /// TLS between the process that has this identity and the one that shows this certificate.
    pub(crate) fn new(identity: &Identity, peer: PeerCertificate) -> Result<Self, TlsError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let algorithms = provider.signature_verification_algorithms;
        let pinned = Arc::new(Pinned { peer, algorithms });
        Ok(Self {
            server: server(identity, Arc::clone(&provider), Arc::clone(&pinned))?,
            client: client(identity, provider, pinned)?,
        })
    }

    /// Does the handshake of the side that was connected to. That has no time limit of its own.
    pub(crate) fn accept<S>(&self, io: S) -> Accept<S>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        TlsAcceptor::from(Arc::clone(&self.server)).accept(io)
    }

    /// Does the handshake of the side that has connected. That has no time limit of its own.
    ///
    /// A client has finished before the server has looked at its certificate: the first read tells
    /// whether that was accepted.
    pub(crate) async fn connect<S>(&self, io: S) -> io::Result<client::TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let name = ServerName::try_from(NAME).map_err(io::Error::other)?;
        TlsConnector::from(Arc::clone(&self.client)).connect(name, io).await.map_err(|error| {
            let text = explain(&error);
            io::Error::new(error.kind(), text)
        })
    }
}

/// Shows nothing of the keys.
impl fmt::Debug for MutualTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MutualTls").finish_non_exhaustive()
    }
}

fn server(
    identity: &Identity,
    provider: Arc<CryptoProvider>,
    pinned: Arc<Pinned>,
) -> Result<Arc<ServerConfig>, TlsError> {
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_client_cert_verifier(pinned)
        .with_single_cert(identity.chain(), identity.key())?;
    config.alpn_protocols = vec![HTTP2.to_vec()];
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(Arc::new(config))
}

fn client(
    identity: &Identity,
    provider: Arc<CryptoProvider>,
    pinned: Arc<Pinned>,
) -> Result<Arc<ClientConfig>, TlsError> {
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(pinned)
        .with_client_auth_cert(identity.chain(), identity.key())?;
    config.alpn_protocols = vec![HTTP2.to_vec()];
    config.resumption = Resumption::disabled();
    Ok(Arc::new(config))
}
