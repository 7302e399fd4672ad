//! Many handshakes at a time, so that nobody who connects waits for somebody else's.

use std::collections::VecDeque;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::stream::{BoxStream, StreamExt as _};
use hookwright::broker::Io;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::timeout;
use tokio_rustls::server::TlsStream;
use tokio_util::io::InspectReader;

use super::MutualTls;
use super::explain::explain;
use crate::socket::connection_refused;

/// How long a client may take.
pub(super) const TIMEOUT: Duration = Duration::from_secs(10);

/// How many handshakes may be under way. The oldest goes when there is one more: whoever means it
/// is done long before.
pub(super) const MOST: usize = 256;

/// The server's side of handshakes. Dropping it ends them.
#[derive(Debug)]
pub(crate) struct Handshakes<S: AsyncRead + AsyncWrite> {
    tls: MutualTls,
    tasks: JoinSet<Option<TlsStream<Heard<S>>>>,
    oldest_first: VecDeque<AbortHandle>,
}

/// A connection that notes whether a byte has arrived on it.
pub(crate) type Heard<S> = InspectReader<S, Listen>;

type Listen = Box<dyn FnMut(&[u8]) + Send>;

impl<S: AsyncRead + AsyncWrite + Send + Unpin + 'static> Handshakes<S> {
    pub(crate) fn new(tls: MutualTls) -> Self {
        Self { tls, tasks: JoinSet::new(), oldest_first: VecDeque::new() }
    }

    /// Begins one.
    pub(crate) fn begin(&mut self, io: S) {
        self.oldest_first.retain(|task| !task.is_finished());
        if self.oldest_first.len() >= MOST
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            oldest.abort();
            failed(&format!("{MOST} others were under way too"));
        }
        let task = self.tasks.spawn(handshake(self.tls.clone(), io));
        self.oldest_first.push_back(task);
    }

    /// Waits for the next that has succeeded. Those that fail are logged.
    pub(crate) async fn next(&mut self) -> TlsStream<Heard<S>> {
        loop {
            match self.tasks.join_next().await {
                Some(Ok(Some(stream))) => return stream,
                Some(_) => {}
                None => pending().await,
            }
        }
    }
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

async fn handshake<S>(tls: MutualTls, io: S) -> Option<TlsStream<Heard<S>>>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let spoken = Arc::new(AtomicBool::new(false));
    let heard = Arc::clone(&spoken);
    let listen: Listen = Box::new(move |bytes| {
        heard.fetch_or(!bytes.is_empty(), Ordering::Relaxed);
    });
    let io = InspectReader::new(io, listen);
    match timeout(TIMEOUT, tls.accept(io)).await {
        Ok(Ok(stream)) => return Some(stream),
        // Hosts look in this way whether somebody listens.
        Ok(Err(_)) if !spoken.load(Ordering::Relaxed) => {
            tracing::debug!("a connection was closed before a byte arrived on it");
        }
        Ok(Err(error)) => failed(&explain(&error)),
        Err(_) => failed(&format!("it was not done within {} s", TIMEOUT.as_secs())),
    }
    None
}

fn failed(reason: &str) {
    connection_refused("a TLS handshake failed", reason);
}
