//! Accepted connections, tcp or unix, in the clear or over TLS, as one stream that never fails.

use std::io;
use std::sync::Arc;

use futures::stream::{BoxStream, StreamExt as _};
use hookwright::broker::Io;

use crate::goplugin::broker::{Carrier, HostBroker, Way};
use crate::goplugin::mux::Muxes;
use crate::goplugin::tls::{MutualTls, encrypted};
use crate::socket::{AwaitPreface, Listen, Listener, Place, Places, SocketFile, sockets};
use crate::stop::Stop;

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
    let mut places = Places::default();
    let (sockets, file) = sockets(listener);
    // The file goes when the listener does.
    let sockets = with_file(sockets, file);
    if multiplex {
        let (muxes, arrived) = Muxes::accept(sockets, tls.clone(), stop.clone());
        let connections = arrived.map(move |(io, mux)| {
            let way = Way { carrier: Carrier::Mux(mux), tls: tls.clone() };
            Ok(connection(io, way, places.take(), stop.clone()))
        });
        return (connections.boxed(), Some(muxes));
    }
    let way = Way { carrier: Carrier::Sockets(brokered), tls: tls.clone() };
    let streams = match tls {
        None => sockets,
        Some(tls) => encrypted(sockets, tls),
    };
    let connections =
        streams.map(move |io| Ok(connection(io, way.clone(), places.take(), stop.clone())));
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

/// A connection that the server may use, and the host at its other end.
pub(crate) type Connection = AwaitPreface<Box<dyn Io>, Arc<HostBroker>>;

fn connection(io: Box<dyn Io>, way: Way, place: Place, stop: Stop) -> Connection {
    AwaitPreface::new(io, HostBroker::new(way), place, async move { stop.drained().await })
}
