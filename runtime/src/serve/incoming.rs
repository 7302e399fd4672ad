//! Accepted connections, tcp or unix, as one stream that never fails.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::stream::{BoxStream, StreamExt as _};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};
use tokio_stream::wrappers::{TcpListenerStream, UnixListenerStream};
use tonic::transport::server::Connected;

use crate::start::bind::{Listener, SocketFile};

/// How long to wait after a failed accept, so that a process that is out of file descriptors does
/// not spin.
const PAUSE: Duration = Duration::from_millis(20);

/// The connections of a listener.
pub(crate) fn incoming(listener: Listener) -> BoxStream<'static, io::Result<Connection>> {
    match listener {
        Listener::Tcp(listener) => accepted(TcpListenerStream::new(listener).map(|accepted| {
            // The server's own setting for this does not reach streams that it did not accept;
            // without it small replies wait some 40 ms for an acknowledgement.
            accepted.and_then(|stream| stream.set_nodelay(true).map(|()| Connection::Tcp(stream)))
        })),
        Listener::Unix(listener, file) => accepted(UnixListenerStream::new(listener).map({
            // The file goes when the listener does.
            let file: SocketFile = file;
            move |accepted| {
                let _ = &file;
                accepted.map(Connection::Unix)
            }
        })),
    }
}

/// Leaves failed accepts out: to the server an error of this stream would be its end.
fn accepted(
    stream: impl futures::Stream<Item = io::Result<Connection>> + Send + 'static,
) -> BoxStream<'static, io::Result<Connection>> {
    stream
        .filter_map(|accepted| async {
            match accepted {
                Ok(connection) => Some(Ok(connection)),
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(PAUSE).await;
                    None
                }
            }
        })
        .boxed()
}

/// An accepted connection.
#[derive(Debug)]
pub(crate) enum Connection {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Connected for Connection {
    type ConnectInfo = ();

    fn connect_info(&self) {}
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_read(cx, buffer),
            Self::Unix(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_write(cx, data),
            Self::Unix(stream) => Pin::new(stream).poll_write(cx, data),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_write_vectored(cx, data),
            Self::Unix(stream) => Pin::new(stream).poll_write_vectored(cx, data),
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_flush(cx),
            Self::Unix(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Unix(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
