//! Multiplexing: all connections between a host and its plugin through one socket, over yamux.
//!
//! The layers are socket, yamux, in each of its streams TLS if there is any, and in that HTTP/2. The
//! host opens the first stream for its calls. A stream that belongs to a brokered connection is
//! announced by a knock on the broker's own stream ([`super::broker`]); nothing in it says so.
//!
//! - [`Mux`] opens streams, and says where the next announced one goes;
//! - [`Driver`](driver::Driver) moves the bytes of one connection;
//! - [`Muxes`] accepts connections, of which a host has one.

mod driver;
mod muxes;
mod open;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hookwright::broker::Io;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::compat::{Compat, FuturesAsyncReadCompatExt as _};

pub(crate) use muxes::Muxes;

/// A stream of a multiplexed connection.
pub(crate) type Stream = Compat<yamux::Stream>;

/// How many streams may be on one connection.
const MOST_STREAMS: usize = 4096;

/// How many streams may wait to be opened.
const OPENS: usize = 64;

/// How long after its knock a stream may come. A host opens it when it has the answer.
const ANNOUNCED: Duration = Duration::from_secs(5);

/// One multiplexed connection. Clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct Mux {
    opens: mpsc::Sender<oneshot::Sender<Stream>>,
    announced: Announced,
}

impl Mux {
    /// Opens a stream, and waits until the other side has taken it; none if the connection has ended.
    pub(crate) async fn open(&self) -> Option<Stream> {
        let (reply, stream) = oneshot::channel();
        self.opens.send(reply).await.ok()?;
        stream.await.ok()
    }

    /// Hands over the next stream that the other side opens.
    pub(crate) fn expect(&self, to: mpsc::Sender<Stream>) {
        self.announced.push(to);
    }
}

/// Who is to get the next stream, and since when.
type Receiver = (Instant, mpsc::Sender<Stream>);

/// For whom the next streams are.
#[derive(Debug, Clone, Default)]
struct Announced {
    receivers: Arc<Mutex<VecDeque<Receiver>>>,
}

impl Announced {
    fn push(&self, to: mpsc::Sender<Stream>) {
        self.receivers().push_back((Instant::now(), to));
    }

    /// Who gets the stream that has just come, if it was announced.
    fn pop(&self) -> Option<mpsc::Sender<Stream>> {
        let mut receivers = self.receivers();
        while let Some((since, receiver)) = receivers.pop_front() {
            if since.elapsed() < ANNOUNCED {
                return Some(receiver);
            }
        }
        None
    }

    fn receivers(&self) -> MutexGuard<'_, VecDeque<(Instant, mpsc::Sender<Stream>)>> {
        self.receivers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A stream as any other connection.
pub(crate) fn boxed(stream: Stream) -> Box<dyn Io> {
    Box::new(stream)
}

fn compat(stream: yamux::Stream) -> Stream {
    stream.compat()
}

#[cfg(test)]
mod tests;
