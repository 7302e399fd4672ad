//! Accepted connections, tcp or unix, in the clear or over TLS, as one stream that never fails.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures::stream::{BoxStream, StreamExt as _};
use hookwright::broker::Io;
use tokio_stream::wrappers::{TcpListenerStream, UnixListenerStream};

use super::preface::AwaitPreface;
use crate::goplugin::broker::{Carrier, HostBroker, Way};
use crate::goplugin::mux::Muxes;
use crate::goplugin::tls::{Handshakes, MutualTls};
use crate::refused::connection_refused;
use crate::start::bind::{Listen, Listener, SocketFile};
use crate::stop::Stop;

/// How long to wait after a failed accept, so that a process that is out of file descriptors does
/// not spin.
const PAUSE: Duration = Duration::from_millis(20);

/// What a host wants of its connections.
#[derive(Debug)]
pub(crate) struct Wire {
    /// TLS, with certificates that both sides know.
    pub(crate) tls: Option<MutualTls>,
    /// All of them through one socket.
    pub(crate) multiplex: bool,
    /// Where else to listen for brokered ones.
    pub(crate) brokered: Listen,
}

/// The connections of a listener, and what multiplexes them if anything does. With TLS, those whose
/// handshake has succeeded.
pub(crate) fn incoming(
    listener: Listener,
    wire: Wire,
    stop: Stop,
) -> (BoxStream<'static, io::Result<Connection>>, Option<Muxes>) {
    let Wire { tls, multiplex, brokered } = wire;
    let (sockets, file) = sockets(listener);
    // The file goes when the listener does.
    let sockets = with_file(sockets, file);
    if multiplex {
        let (muxes, arrived) = Muxes::accept(sockets, tls.clone(), stop.clone());
        let connections = arrived.map(move |(io, mux)| {
            let way = Way { carrier: Carrier::Mux(mux), tls: tls.clone() };
            Ok(connection(io, way, stop.clone()))
        });
        return (connections.boxed(), Some(muxes));
    }
    let way = Way { carrier: Carrier::Sockets(brokered), tls: tls.clone() };
    let streams = match tls {
        None => sockets,
        Some(tls) => encrypted(sockets, tls),
    };
    let connections = streams.map(move |io| Ok(connection(io, way.clone(), stop.clone())));
    (connections.boxed(), None)
}

fn with_file(
    sockets: BoxStream<'static, Box<dyn Io>>,
    file: Option<SocketFile>,
) -> BoxStream<'static, Box<dyn Io>> {
    let kept = move |socket| {
        let _ = &file;
        socket
    };
    sockets.map(kept).boxed()
}

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

/// TLS over each of these, in the order in which the handshakes end.
pub(crate) fn encrypted(
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

/// A connection that the server may use, and the host at its other end.
pub(crate) type Connection = AwaitPreface<Box<dyn Io>, Arc<HostBroker>>;

fn connection(io: Box<dyn Io>, way: Way, stop: Stop) -> Connection {
    AwaitPreface::new(io, HostBroker::new(way), async move { stop.drained().await })
}
