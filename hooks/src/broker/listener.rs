//! The connections that the host makes to one id.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::stream::{BoxStream, Stream, StreamExt as _};

use super::Connection;

/// Accepts the host's connections to one id. It ends when the host goes; dropping it closes it.
///
/// It is also a stream of connections.
pub struct Listener {
    id: u32,
    connections: BoxStream<'static, Connection>,
}

impl Listener {
    /// A listener that hands out these connections.
    pub fn new(id: u32, connections: impl Stream<Item = Connection> + Send + 'static) -> Self {
        Self { id, connections: connections.boxed() }
    }

    /// The id that the host has to dial.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Waits for the next connection; none when the host has gone.
    pub async fn accept(&mut self) -> Option<Connection> {
        self.connections.next().await
    }
}

impl Stream for Listener {
    type Item = Connection;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Connection>> {
        self.connections.poll_next_unpin(cx)
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener").field("id", &self.id).finish_non_exhaustive()
    }
}
