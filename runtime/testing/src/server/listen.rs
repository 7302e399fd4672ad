//! The server on a socket, for plugins that are processes of their own.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

use hookwright_runtime::serve::UnaryService;
use tokio::net::TcpListener;
use tokio_stream::StreamExt as _;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::AbortOnDropHandle;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

use super::FakeServer;
use super::severed::Severed;

/// A socket on which a [`FakeServer`] answers, until this is dropped. Connections end with it, and
/// calls that are under way are lost, as when the process of a server is killed.
#[derive(Debug)]
#[must_use = "it answers until this is dropped"]
pub struct Listening {
    address: String,
    _serving: AbortOnDropHandle<()>,
    // tonic serves each connection in a task of its own, which outlives the one above.
    _connections: DropGuard,
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
        let end = CancellationToken::new();
        let connections = end.clone().drop_guard();
        let incoming = TcpIncoming::from(listener)
            .with_nodelay(Some(true))
            .map(move |accepted| accepted.map(|stream| Severed::by(&end, stream)));
        let serving = Server::builder().add_service(service).serve_with_incoming(incoming);
        let serving = tokio::spawn(async move {
            // What fails here shows as failed calls of the plugin.
            let _ = serving.await;
        });
        let serving = AbortOnDropHandle::new(serving);
        Ok(Listening { address, _serving: serving, _connections: connections })
    }
}
