//! Moves the bytes of one multiplexed connection, and hands its streams over.

use std::future::poll_fn;
use std::task::{Context, Poll};

use hookwright::broker::Io;
use tokio::sync::{mpsc, oneshot};
use tokio_util::compat::{Compat, TokioAsyncReadCompatExt as _};
use yamux::{Config, Connection, ConnectionError, Mode};

use super::open::{Opening, say_nothing};
use super::{Announced, MOST_STREAMS, Mux, OPENS, Stream, compat};

/// How many streams may wait to be taken that were not announced. A host opens one.
const UNANNOUNCED: usize = 64;

/// Nothing moves on the connection unless this runs.
pub(super) struct Driver {
    connection: Connection<Compat<Box<dyn Io>>>,
    opens: mpsc::Receiver<oneshot::Sender<Stream>>,
    opening: Option<Opening>,
    announced: Announced,
    others: mpsc::Sender<Stream>,
}

impl Driver {
    /// Multiplexes a connection; what is received are the streams that were not announced.
    pub(super) fn new(io: Box<dyn Io>, mode: Mode) -> (Self, Mux, mpsc::Receiver<Stream>) {
        let mut config = Config::default();
        config.set_max_num_streams(MOST_STREAMS);
        let (opens, opened) = mpsc::channel(OPENS);
        let (others, unannounced) = mpsc::channel(UNANNOUNCED);
        let announced = Announced::default();
        let driver = Self {
            connection: Connection::new(io.compat(), config, mode),
            opens: opened,
            opening: None,
            announced: announced.clone(),
            others,
        };
        (driver, Mux { opens, announced }, unannounced)
    }

    /// Goes on until the connection ends.
    ///
    /// # Errors
    ///
    /// What is spoken on it is not yamux, or it broke off.
    pub(super) async fn run(mut self) -> Result<(), ConnectionError> {
        poll_fn(|cx| self.poll(cx)).await
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), ConnectionError>> {
        loop {
            if let Poll::Ready(failed) = self.poll_opening(cx) {
                return Poll::Ready(failed);
            }
            match self.connection.poll_next_inbound(cx) {
                Poll::Ready(Some(Ok(stream))) => self.hand_over(cx, stream),
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Err(error)),
                Poll::Ready(None) => return Poll::Ready(Ok(())),
                // What was read just now may have been the answer.
                Poll::Pending if self.is_taken(cx) => {}
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    /// Opens the streams that are asked for, one after the other. Ready is an end.
    fn poll_opening(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), ConnectionError>> {
        loop {
            if self.is_taken(cx)
                && let Some(opening) = self.opening.take()
            {
                opening.finish();
            }
            match &mut self.opening {
                None => match self.opens.poll_recv(cx) {
                    Poll::Ready(Some(reply)) => self.opening = Some(Opening::new(reply)),
                    // Nobody can ask any more; the streams that there are go on.
                    Poll::Ready(None) | Poll::Pending => return Poll::Pending,
                },
                Some(opening) if opening.wants_stream() => {
                    match self.connection.poll_new_outbound(cx) {
                        Poll::Ready(Ok(stream)) => opening.begin(cx, stream),
                        Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                        Poll::Pending => return Poll::Pending,
                    }
                }
                Some(_) => return Poll::Pending,
            }
        }
    }

    fn is_taken(&mut self, cx: &mut Context<'_>) -> bool {
        self.opening.as_mut().is_some_and(|opening| opening.poll_taken(cx).is_ready())
    }

    /// Never waits: whoever does not take its streams loses them, and nobody else.
    fn hand_over(&self, cx: &mut Context<'_>, mut stream: yamux::Stream) {
        say_nothing(cx, &mut stream);
        let receiver = self.announced.pop().unwrap_or_else(|| self.others.clone());
        if receiver.try_send(compat(stream)).is_err() {
            tracing::debug!("a multiplexed connection was closed that nobody takes");
        }
    }
}
