//! Accepts connections to multiplex.

use std::future::pending;
use std::time::Duration;

use futures::stream::{BoxStream, StreamExt as _};
use hookwright::broker::Io;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;
use tokio_stream::wrappers::ReceiverStream;
use yamux::Mode;

use super::driver::Driver;
use super::{Mux, boxed};
use crate::goplugin::tls::{MutualTls, encrypted};
use crate::socket::connection_refused;
use crate::stop::Stop;

/// How long a client may take to open its first stream.
const FIRST_STREAM: Duration = Duration::from_secs(60);

/// How long a connection stays open after everything has been said. To a host in Go it is an error
/// worth a record when that is closed while it closes its own streams.
const LINGER: Duration = Duration::from_millis(50);

/// How many streams may wait for the server to take them.
const WAITING: usize = 16;

/// A stream that calls arrive on, and the connection that it is part of.
pub(crate) type Arrived = (Box<dyn Io>, Mux);

/// All multiplexed connections of this process. They end when this is dropped.
///
/// A host has one, and only one is needed; but whoever else connects to the socket, by mistake or to
/// see whether somebody listens, must not take the place of the host.
#[derive(Debug)]
pub(crate) struct Muxes {
    task: JoinHandle<()>,
}

impl Muxes {
    /// Begins to accept, and hands out the streams that calls arrive on: over TLS, if there is any.
    pub(crate) fn accept(
        sockets: BoxStream<'static, Box<dyn Io>>,
        tls: Option<MutualTls>,
        stop: Stop,
    ) -> (Self, BoxStream<'static, Arrived>) {
        let (arrived, streams) = mpsc::channel(WAITING);
        let task = tokio::spawn(accept(sockets, tls, stop, arrived));
        (Self { task }, ReceiverStream::new(streams).boxed())
    }

    /// Ends them, a moment after everything has been said.
    pub(crate) async fn end(mut self) {
        if timeout(LINGER, &mut self.task).await.is_err() {
            self.task.abort();
            let _ = (&mut self.task).await;
        }
    }
}

impl Drop for Muxes {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(
    mut sockets: BoxStream<'static, Box<dyn Io>>,
    tls: Option<MutualTls>,
    stop: Stop,
    arrived: mpsc::Sender<Arrived>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            socket = sockets.next() => match socket {
                Some(socket) => {
                    connections.spawn(serve(socket, tls.clone(), stop.clone(), arrived.clone()));
                }
                None => break,
            },
            Some(_) = connections.join_next() => {}
            () = stop.drained() => break,
        }
    }
    // The listener goes with its file; those who are connected take their time.
    drop((sockets, arrived));
    while connections.join_next().await.is_some() {}
}

/// One connection, until it ends.
async fn serve(
    socket: Box<dyn Io>,
    tls: Option<MutualTls>,
    stop: Stop,
    arrived: mpsc::Sender<Arrived>,
) {
    let (driver, mux, streams) = Driver::new(socket, Mode::Server);
    let streams = ReceiverStream::new(streams).map(boxed).boxed();
    let mut streams = match tls {
        None => streams,
        Some(tls) => encrypted(streams, tls),
    };
    let handed_over = async {
        // Those who have not said what they want are not waited for at the end.
        let first = tokio::select! {
            first = timeout(FIRST_STREAM, streams.next()) => first.ok().flatten(),
            () = stop.drained() => None,
        };
        let mut next = first?;
        while arrived.send((next, mux.clone())).await.is_ok() {
            match streams.next().await {
                Some(stream) => next = stream,
                None => break,
            }
        }
        pending::<Option<()>>().await
    };
    tokio::select! {
        ended = driver.run() => match ended {
            Ok(()) => tracing::debug!("a multiplexed connection has ended"),
            Err(error) => connection_refused("a multiplexed connection was closed", &error.to_string()),
        },
        _ = handed_over => tracing::debug!("a connection was closed that no call came on"),
    }
}
