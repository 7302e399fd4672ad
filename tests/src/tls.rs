//! A host that speaks TLS, and clients that only pretend to be it.
//!
//! The plugin's certificate is checked by the book, as a host in Go checks it: the name, the dates,
//! what it may be used for, and that it is the one of the handshake.

use std::io;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD};
use hyper_util::rt::TokioIo;
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair, SignatureAlgorithm};
use rustls::client::ResolvesClientCert;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::server::WebPkiClientVerifier;
use rustls::sign::CertifiedKey;
use rustls::{
    ALL_VERSIONS, ClientConfig, RootCertStore, ServerConfig, SignatureScheme,
    SupportedProtocolVersion,
};
use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpStream, UnixStream};
use tokio::process::Command;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_util::either::Either;
use tonic::transport::{Channel, Endpoint};
use tower::service_fn;

use crate::{PATIENCE, Plugin, hosted};

/// A connection of either kind.
pub type Socket = Either<TcpStream, UnixStream>;

/// Versions of TLS.
pub type Versions = &'static [&'static SupportedProtocolVersion];

/// A certificate and a key; those of each other, unless a test says otherwise.
#[derive(Debug)]
pub struct Host {
    certificate: CertificateDer<'static>,
    key: KeyPair,
}

impl Host {
    /// A host as go-plugin's are: its certificate is that of an authority.
    ///
    /// # Panics
    ///
    /// If there is no such key to be had.
    #[must_use]
    pub fn new(kind: &'static SignatureAlgorithm) -> Self {
        let key = KeyPair::generate_for(kind).expect("a key");
        let mut params = CertificateParams::new(["localhost".to_owned()]).expect("a name");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).expect("a certificate").der().clone();
        Self { certificate, key }
    }

    /// The certificate of this one, with the key of another.
    #[must_use]
    pub fn with_key_of(&self, other: Self) -> Self {
        Self { certificate: self.certificate.clone(), key: other.key }
    }

    /// Its certificate in PEM, on one long line.
    #[must_use]
    pub fn pem(&self) -> String {
        let base64 = BASE64_STANDARD.encode(&self.certificate);
        format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n")
    }

    /// Its certificate as in a handshake, were it a plugin.
    #[must_use]
    pub fn field(&self) -> String {
        BASE64_STANDARD_NO_PAD.encode(&self.certificate)
    }

    /// A program, as this host starts it.
    #[must_use]
    pub fn command(&self, program: &str) -> Command {
        let mut command = hosted(program);
        command.env("PLUGIN_CLIENT_CERT", self.pem());
        command
    }

    /// Starts a program.
    pub async fn start(&self, program: &str) -> Plugin {
        Plugin::start(self.command(program)).await
    }

    /// How it speaks TLS to a plugin, in one of these versions.
    #[must_use]
    pub fn config(&self, plugin: &Plugin, versions: Versions) -> ClientConfig {
        let der = PrivatePkcs8KeyDer::from(self.key.serialize_der());
        let key = provider().key_provider.load_private_key(PrivateKeyDer::from(der));
        let shown = CertifiedKey::new(vec![self.certificate.clone()], key.expect("a key"));
        trusting(plugin, versions, Some(Arc::new(Shown(Arc::new(shown)))))
    }

    /// How it speaks TLS where the plugin connects to it, with the certificate of the handshake.
    ///
    /// # Panics
    ///
    /// If there is no such certificate.
    #[must_use]
    pub fn server_config(&self, plugin: &Plugin) -> ServerConfig {
        let mut roots = RootCertStore::empty();
        roots.add(plugin.certificate()).expect("a certificate");
        let provider = Arc::new(provider());
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
        let key = PrivatePkcs8KeyDer::from(self.key.serialize_der());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions that go with the ciphers")
            .with_client_cert_verifier(verifier.build().expect("a verifier"))
            .with_single_cert(vec![self.certificate.clone()], key.into())
            .expect("a certificate and its key");
        config.alpn_protocols = vec![b"h2".to_vec()];
        config
    }

    /// Connects.
    ///
    /// # Errors
    ///
    /// The plugin refuses it, or is not the one of the handshake.
    pub async fn open(&self, plugin: &Plugin) -> io::Result<TlsStream<Socket>> {
        open(plugin, self.config(plugin, ALL_VERSIONS)).await
    }

    /// A channel for calls.
    ///
    /// # Panics
    ///
    /// If it cannot be connected.
    pub async fn channel(&self, plugin: &Plugin) -> Channel {
        let stream = self.open(plugin).await.expect("the plugin accepts its host");
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]), "or Go hangs up");
        let mut stream = Some(TokioIo::new(stream));
        let once = service_fn(move |_| {
            let stream = stream.take().ok_or_else(|| io::Error::other("only once"));
            async { stream }
        });
        let endpoint = Endpoint::from_static("http://localhost");
        endpoint.connect_with_connector(once).await.expect("it speaks HTTP/2")
    }
}

/// The same without a certificate to show.
#[must_use]
pub fn anonymous(plugin: &Plugin, versions: Versions) -> ClientConfig {
    trusting(plugin, versions, None)
}

/// Connects. A client is done before the server has looked at its certificate: only what is heard
/// afterwards tells whether that was accepted.
///
/// # Errors
///
/// The client refuses the server, or the other way round, if it is quick.
///
/// # Panics
///
/// If the plugin does not listen, or leaves the client waiting.
pub async fn open(plugin: &Plugin, config: ClientConfig) -> io::Result<TlsStream<Socket>> {
    let name = ServerName::try_from("localhost").expect("a name");
    let socket = plugin.socket().await;
    let handshake = TlsConnector::from(Arc::new(config)).connect(name, socket);
    tokio::time::timeout(PATIENCE, handshake).await.expect("it answers")
}

/// Waits until the plugin has hung up, with an alert or without.
///
/// # Panics
///
/// If it does not.
pub async fn assert_hung_up(stream: io::Result<TlsStream<Socket>>) {
    let Ok(mut stream) = stream else {
        return;
    };
    let mut heard = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut heard)).await;
    read.expect("it hangs up").expect_err("it says why, or breaks off");
    assert_eq!(heard, b"", "nothing is said to strangers");
}

impl Plugin {
    /// A connection to it, with nothing on it.
    ///
    /// # Panics
    ///
    /// If it does not listen.
    pub async fn socket(&self) -> Socket {
        let socket = match self.line.split('|').nth(2) {
            Some("unix") => UnixStream::connect(self.address()).await.map(Either::Right),
            _ => TcpStream::connect(self.address()).await.map(Either::Left),
        };
        socket.expect("it listens")
    }

    /// The certificate in its handshake.
    ///
    /// # Panics
    ///
    /// If there is none, or it is padded, which Go does not take.
    #[must_use]
    pub fn certificate(&self) -> CertificateDer<'static> {
        let field = self.line.trim_end().split('|').nth(5).expect("six fields");
        let der = BASE64_STANDARD_NO_PAD.decode(field).expect("base64 without padding");
        assert!(!der.is_empty(), "no certificate: {}", self.line);
        der.into()
    }
}

fn trusting(plugin: &Plugin, versions: Versions, shown: Option<Arc<Shown>>) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(plugin.certificate()).expect("a certificate");
    let config = ClientConfig::builder_with_provider(Arc::new(provider()))
        .with_protocol_versions(versions)
        .expect("versions that go with the ciphers")
        .with_root_certificates(roots);
    let mut config = match shown {
        Some(shown) => config.with_client_cert_resolver(shown),
        None => config.with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"h2".to_vec()];
    config
}

fn provider() -> CryptoProvider {
    aws_lc_rs::default_provider()
}

/// Shows one certificate, whatever is asked for.
#[derive(Debug)]
struct Shown(Arc<CertifiedKey>);

impl ResolvesClientCert for Shown {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }

    fn has_certs(&self) -> bool {
        true
    }
}
