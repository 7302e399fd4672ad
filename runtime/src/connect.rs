//! Channels to other processes of this machine.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;
use std::{fmt, io};

use futures::future::BoxFuture;
use http::Uri;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::client::TlsStream;
use tokio_util::either::Either;
use tonic::transport::{Channel, Endpoint};
use tower::service_fn;

use crate::goplugin::tls::MutualTls;
use crate::socket::Address;

/// How long a connection may take to be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Where a gRPC server listens.
///
/// ```
/// use hookwright_runtime::connect::Target;
///
/// for text in ["127.0.0.1:8065", "http://localhost:8065", "[::1]:8065", "unix:/tmp/plugin1"] {
///     text.parse::<Target>()?;
/// }
/// assert!("localhost".parse::<Target>().is_err());
/// # Ok::<(), hookwright_runtime::connect::BadTarget>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A host and a port.
    Tcp(Uri),
    /// The path of a unix socket.
    Unix(PathBuf),
}

/// A text that is not a [`Target`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is not an address: expected HOST:PORT or unix:/PATH")]
pub struct BadTarget {
    text: String,
}

impl FromStr for Target {
    type Err = BadTarget;

    fn from_str(text: &str) -> Result<Self, BadTarget> {
        let bad = || BadTarget { text: text.to_owned() };
        if let Some(path) = text.strip_prefix("unix:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return path.starts_with('/').then(|| Self::Unix(path.into())).ok_or_else(bad);
        }
        if text.starts_with('/') {
            return Ok(Self::Unix(text.into()));
        }
        let address = text.strip_prefix("http://").unwrap_or(text).trim_end_matches('/');
        let uri: Uri = format!("http://{address}").parse().map_err(|_| bad())?;
        match (uri.host(), uri.port_u16()) {
            (Some(host), Some(_)) if !host.is_empty() && uri.path() == "/" => Ok(Self::Tcp(uri)),
            _ => Err(bad()),
        }
    }
}

impl TryFrom<&Address> for Target {
    type Error = BadTarget;

    fn try_from(address: &Address) -> Result<Self, BadTarget> {
        address.to_string().parse()
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(uri) => {
                f.write_str(uri.authority().map_or("", |authority| authority.as_str()))
            }
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

type Socket = Either<TcpStream, UnixStream>;

impl Target {
    /// A channel that connects when it is first used, and again when the connection was lost.
    #[must_use]
    pub fn channel(&self) -> Channel {
        match self {
            Self::Tcp(uri) => tcp(uri).connect_lazy(),
            Self::Unix(path) => {
                unix().connect_with_connector_lazy(service_fn(unix_connector(path.clone())))
            }
        }
    }

    /// The same over TLS.
    pub(crate) fn channel_over(&self, tls: MutualTls) -> Channel {
        // The scheme of the connector is the one that tonic leaves alone, that of the requests the
        // one that is true.
        unix()
            .origin(Uri::from_static("https://localhost"))
            .connect_with_connector_lazy(service_fn(tls_connector(self.clone(), tls)))
    }

    /// A connection without anything on it.
    pub(crate) async fn open(&self) -> io::Result<Socket> {
        match self {
            Self::Tcp(uri) => {
                let authority = uri.authority().map_or("", |authority| authority.as_str());
                let socket = TcpStream::connect(authority).await?;
                socket.set_nodelay(true)?;
                Ok(Either::Left(socket))
            }
            Self::Unix(path) => UnixStream::connect(path).await.map(Either::Right),
        }
    }

    /// A channel that is connected.
    ///
    /// # Errors
    ///
    /// Nobody listens there.
    pub async fn connect(&self) -> Result<Channel, tonic::transport::Error> {
        match self {
            Self::Tcp(uri) => tcp(uri).connect().await,
            Self::Unix(path) => {
                unix().connect_with_connector(service_fn(unix_connector(path.clone()))).await
            }
        }
    }
}

fn tcp(uri: &Uri) -> Endpoint {
    Endpoint::from(uri.clone()).connect_timeout(CONNECT_TIMEOUT).tcp_nodelay(true)
}

fn unix() -> Endpoint {
    // The name in the URI is a dummy: servers see it, and none may look at it.
    Endpoint::from_static("http://localhost").connect_timeout(CONNECT_TIMEOUT)
}

fn unix_connector(
    path: PathBuf,
) -> impl Fn(Uri) -> BoxFuture<'static, io::Result<TokioIo<UnixStream>>> + Clone {
    move |_| {
        let path = path.clone();
        Box::pin(async move { UnixStream::connect(path).await.map(TokioIo::new) })
    }
}

fn tls_connector(
    target: Target,
    tls: MutualTls,
) -> impl Fn(Uri) -> BoxFuture<'static, io::Result<TokioIo<TlsStream<Socket>>>> + Clone {
    move |_| {
        let (target, tls) = (target.clone(), tls.clone());
        Box::pin(async move { tls.connect(target.open().await?).await.map(TokioIo::new) })
    }
}
