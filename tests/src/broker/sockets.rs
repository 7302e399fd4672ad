//! Brokered connections that have a socket each.

use std::path::PathBuf;

use hookwright_proto::go_plugin::ConnInfo;
use tokio::net::{TcpStream, UnixListener, UnixStream};
use tokio_stream::wrappers::UnixListenerStream;
use tokio_util::either::Either;
use tonic::transport::Server;
use tonic_health::ServingStatus;

use super::HostStream;
use crate::PATIENCE;
use crate::tls::Socket;

/// A socket of the host's, that its plugin may connect to.
#[derive(Debug)]
pub struct Offer {
    /// The socket.
    pub listener: UnixListener,
    path: PathBuf,
    /// Removes the socket.
    _folder: tempfile::TempDir,
}

/// Makes a socket.
///
/// # Panics
///
/// If there is none to be had.
#[must_use]
pub fn offer() -> Offer {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("brokered");
    let listener = UnixListener::bind(&path).expect("a socket");
    Offer { listener, path, _folder: folder }
}

impl Offer {
    /// Tells the plugin of it.
    pub async fn tell(&self, host: &HostStream, id: u32) {
        let address = self.path.display().to_string();
        let network = "unix".to_owned();
        host.send(ConnInfo { service_id: id, network, address, knock: None }).await;
    }

    /// The plugin's connection to it.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub async fn accept(&self) -> UnixStream {
        let accepted = tokio::time::timeout(PATIENCE, self.listener.accept()).await;
        accepted.expect("the plugin connects").expect("the plugin connects").0
    }

    /// Serves the health of `brokered` on it, as long as the test runs.
    pub async fn serve_health(self) {
        let (health, service) = tonic_health::server::health_reporter();
        health.set_service_status("brokered", ServingStatus::Serving).await;
        tokio::spawn(async move {
            let _folder = self._folder;
            let incoming = UnixListenerStream::new(self.listener);
            Server::builder().add_service(service).serve_with_incoming(incoming).await
        });
    }
}

/// Connects to where the plugin says that it accepts.
///
/// # Errors
///
/// Nobody listens there.
///
/// # Panics
///
/// If that is nowhere.
pub async fn dial(info: &ConnInfo) -> std::io::Result<Socket> {
    match info.network.as_str() {
        "unix" => UnixStream::connect(&info.address).await.map(Either::Right),
        "tcp" => TcpStream::connect(&info.address).await.map(Either::Left),
        _ => panic!("neither unix nor tcp: {info:?}"),
    }
}
