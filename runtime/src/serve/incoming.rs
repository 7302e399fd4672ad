//! Accepted connections, tcp or unix, in the clear or over TLS, as one stream that never fails.

use std::io;
use std::time::Duration;

use futures::stream::{BoxStream, StreamExt as _};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_stream::wrappers::{TcpListenerStream, UnixListenerStream};
use tonic::transport::server::Connected;

use super::preface::AwaitPreface;
use crate::goplugin::tls::{Handshakes, MutualTls};
use crate::start::bind::{Listener, SocketFile};
use crate::stop::Stop;

/// How long to wait after a failed accept, so that a process that is out of file descriptors does
/// not spin.
const PAUSE: Duration = Duration::from_millis(20);

/// The connections of a listener. With TLS, those whose handshake has succeeded.
pub(crate) fn incoming(
    listener: Listener,
    tls: Option<MutualTls>,
    stop: Stop,
) -> BoxStream<'static, io::Result<Connection>> {
    let sockets = accepted(listener);
    let streams = match tls {
        None => sockets,
        Some(tls) => encrypted(sockets, tls),
    };
    let connection = move |io| {
        let stop = stop.clone();
        Ok(AwaitPreface::new(io, async move { stop.drained().await }))
    };
    streams.map(connection).boxed()
}

/// The sockets. Failed accepts are left out: to the server an error would be its end.
fn accepted(listener: Listener) -> BoxStream<'static, Box<dyn Io>> {
    let sockets: BoxStream<'static, io::Result<Box<dyn Io>>> = match listener {
        Listener::Tcp(listener) => TcpListenerStream::new(listener)
            .map(|accepted| {
                let socket = accepted?;
                // The server's own setting for this does not reach streams that it did not accept;
                // without it small replies wait some 40 ms for an acknowledgement.
                socket.set_nodelay(true)?;
                Ok(Box::new(socket) as Box<dyn Io>)
            })
            .boxed(),
        Listener::Unix(listener, file) => UnixListenerStream::new(listener)
            .map({
                // The file goes when the listener does.
                let file: SocketFile = file;
                move |accepted| {
                    let _ = &file;
                    accepted.map(|socket| Box::new(socket) as Box<dyn Io>)
                }
            })
            .boxed(),
    };
    sockets
        .filter_map(|accepted| async {
            match accepted {
                Ok(socket) => Some(socket),
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(PAUSE).await;
                    None
                }
            }
        })
        .boxed()
}

/// TLS over each of these, in the order in which the handshakes end.
fn encrypted(
    sockets: BoxStream<'static, Box<dyn Io>>,
    tls: MutualTls,
) -> BoxStream<'static, Box<dyn Io>> {
    let state = (sockets, Handshakes::new(tls));
    futures::stream::unfold(state, |(mut sockets, mut handshakes)| async {
        loop {
            tokio::select! {
                socket = sockets.next() => handshakes.begin(socket?),
                stream = handshakes.next() => {
                    return Some((Box::new(stream) as Box<dyn Io>, (sockets, handshakes)));
                }
            }
        }
    })
    .boxed()
}

/// Something to read and write.
pub(crate) trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// A connection that the server may use.
pub(crate) type Connection = AwaitPreface<Box<dyn Io>>;

impl Connected for Connection {
    type ConnectInfo = ();

    fn connect_info(&self) {}
}
