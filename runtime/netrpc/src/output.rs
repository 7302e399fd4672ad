//! What is written to a stream: by one task, so that nobody who gives up leaves half a message.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::BytesMut;
use hookwright_gob::{EncodeError, Encoder, Type, Value};
use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use tokio::sync::Notify;

/// How much may wait to be written until nothing more is taken.
const WAITING: usize = 1024 * 1024;

/// A buffer that has become larger than this is not kept.
const KEPT: usize = 1024 * 1024;

/// One direction of a connection. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Output {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    /// There is something to write, or an end to it.
    filled: Notify,
    /// There is room again, or an end to it.
    emptied: Notify,
}

#[derive(Debug, Default)]
struct State {
    encoder: Encoder,
    waiting: BytesMut,
    closed: bool,
}

impl Output {
    /// Puts a header and its body in line.
    ///
    /// # Errors
    ///
    /// A value is not of its type. Neither is sent then.
    pub(crate) fn send(
        &self,
        (header_type, header): &(Type, Value),
        body: (&Type, &Value),
    ) -> Result<(), EncodeError> {
        let mut state = self.state();
        let State { encoder, waiting, closed } = &mut *state;
        if !*closed {
            encoder.encode_all([(header_type, header), body], waiting)?;
        }
        drop(state);
        self.shared.filled.notify_one();
        Ok(())
    }

    /// Waits until there is room for more; false when nothing more is written.
    pub(crate) async fn ready(&self) -> bool {
        loop {
            if let Some(open) = self.has_room() {
                return open;
            }
            let emptied = self.shared.emptied.notified();
            tokio::pin!(emptied);
            emptied.as_mut().enable();
            // It may have been emptied in this moment.
            if let Some(open) = self.has_room() {
                return open;
            }
            emptied.await;
        }
    }

    /// Whether more is taken; none as long as there is no room.
    fn has_room(&self) -> Option<bool> {
        let state = self.state();
        (state.closed || state.waiting.len() < WAITING).then_some(!state.closed)
    }

    /// Ends it: what waits is still written.
    pub(crate) fn close(&self) {
        self.state().closed = true;
        self.shared.filled.notify_one();
        self.shared.emptied.notify_waiters();
    }

    /// Waits until it is closed.
    pub(crate) async fn closed(&self) {
        loop {
            let emptied = self.shared.emptied.notified();
            tokio::pin!(emptied);
            emptied.as_mut().enable();
            if self.state().closed {
                return;
            }
            emptied.await;
        }
    }

    /// Writes what there is until it is closed, or cannot be written.
    pub(crate) async fn write_to(self, mut to: impl AsyncWrite + Unpin) {
        let mut piece = BytesMut::new();
        loop {
            let closed = {
                let mut state = self.state();
                std::mem::swap(&mut piece, &mut state.waiting);
                state.closed
            };
            if piece.is_empty() {
                if closed {
                    break;
                }
                self.shared.filled.notified().await;
                continue;
            }
            self.shared.emptied.notify_waiters();
            if to.write_all(&piece).await.is_err() {
                break;
            }
            match piece.capacity() > KEPT {
                true => piece = BytesMut::new(),
                false => piece.clear(),
            }
        }
        self.close();
        let _ = to.shutdown().await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A writer that panicked has left nothing half done: the encoder takes back what fails.
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
