//! Connections within the process.

use std::io;

use hyper_util::rt::TokioIo;
use tokio::io::DuplexStream;
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tokio_stream::{Stream, StreamExt as _};
use tokio_util::task::AbortOnDropHandle;
use tonic::service::Routes;
use tonic::transport::{Channel, Endpoint, Server};
use tower::service_fn;

/// How much may be on its way in one direction.
const BUFFER: usize = 256 * 1024;

/// Serves until the handle is dropped, to whoever calls over the channel.
pub(crate) fn serve(routes: Routes) -> (Channel, AbortOnDropHandle<()>) {
    let (channel, incoming) = connection();
    let serving = Server::builder().add_routes(routes).serve_with_incoming(incoming);
    let serving = tokio::spawn(async move {
        // It ends when the channel is gone; there is nobody left to be told why.
        let _ = serving.await;
    });
    (channel, AbortOnDropHandle::new(serving))
}

fn connection() -> (Channel, impl Stream<Item = io::Result<DuplexStream>>) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let connect = service_fn(move |_: http::Uri| {
        let (near, far) = tokio::io::duplex(BUFFER);
        let sent = sender.send(far);
        std::future::ready(match sent {
            Ok(()) => Ok(TokioIo::new(near)),
            Err(_) => Err(io::Error::from(io::ErrorKind::ConnectionRefused)),
        })
    });
    // The name in the URI is a dummy: nobody looks at it.
    let channel = Endpoint::from_static("http://localhost").connect_with_connector_lazy(connect);
    (channel, UnboundedReceiverStream::new(receiver).map(Ok))
}
