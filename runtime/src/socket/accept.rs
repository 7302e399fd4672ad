//! Accepted sockets, tcp or unix, as one stream that never fails.

use std::io;
use std::time::Duration;

use futures::stream::{BoxStream, StreamExt as _};
use hookwright::broker::Io;
use tokio_stream::wrappers::{TcpListenerStream, UnixListenerStream};

use super::refused::connection_refused;
use super::{Listener, SocketFile};

/// How long to wait after a failed accept, so that a process that is out of file descriptors does
/// not spin.
const PAUSE: Duration = Duration::from_millis(20);

/// The sockets that a listener accepts, and its file. Failed accepts are left out: to the server an
/// error would be its end.
pub(crate) fn sockets(listener: Listener) -> (BoxStream<'static, Box<dyn Io>>, Option<SocketFile>) {
    let (sockets, file): (BoxStream<'static, io::Result<Box<dyn Io>>>, _) = match listener {
        Listener::Tcp(listener) => {
            let sockets = TcpListenerStream::new(listener).map(|accepted| {
                let socket = accepted?;
                // The server's own setting for this does not reach streams that it did not accept;
                // without it small replies wait some 40 ms for an acknowledgement.
                socket.set_nodelay(true)?;
                Ok(Box::new(socket) as Box<dyn Io>)
            });
            (sockets.boxed(), None)
        }
        Listener::Unix(listener, file) => {
            let sockets = UnixListenerStream::new(listener)
                .map(|accepted| accepted.map(|socket| Box::new(socket) as Box<dyn Io>));
            (sockets.boxed(), Some(file))
        }
    };
    let accepted = sockets.filter_map(|accepted| async {
        match accepted {
            Ok(socket) => Some(socket),
            Err(error) => {
                connection_refused("a connection was not accepted", &error.to_string());
                tokio::time::sleep(PAUSE).await;
                None
            }
        }
    });
    (accepted.boxed(), file)
}
