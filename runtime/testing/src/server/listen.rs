//! The server on a socket, for plugins that are processes of their own.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

use hookwright_runtime::serve::UnaryService;
use tokio::net::TcpListener;
use tokio_util::task::AbortOnDropHandle;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

use super::FakeServer;

/// A socket on which a [`FakeServer`] answers, until this is dropped.
#[derive(Debug)]
#[must_use = "it answers until this is dropped"]
pub struct Listening {
    address: String,
    _serving: AbortOnDropHandle<()>,
}

impl Listening {
    /// Where it listens, as `MATTERMOST_PLUGIN_API_TARGET` takes it.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl FakeServer {
    /// Listens on a free port of the loopback address.
    ///
    /// # Errors
    ///
    /// There is none.
    pub async fn listen(&self) -> io::Result<Listening> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?.to_string();
        let service = UnaryService::new(Arc::clone(&self.inner.answers));
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        let serving = Server::builder().add_service(service).serve_with_incoming(incoming);
        let serving = tokio::spawn(async move {
            // What fails here shows as failed calls of the plugin.
            let _ = serving.await;
        });
        Ok(Listening { address, _serving: AbortOnDropHandle::new(serving) })
    }
}
