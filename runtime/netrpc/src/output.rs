//! What is written to a stream: by one task, so that nobody who gives up leaves half a message. The last
//! answer that is owed takes a shorter way: to the stream itself, without that task's turn.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::{Buf as _, BytesMut};
use hookwright_gob::{EncodeError, Encoder, Type, Value};
use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use tokio::sync::Notify;
use tokio::task::yield_now;

use crate::stream::WriteHalf;

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
    /// The task has taken something that it has not written yet.
    writing: bool,
    /// How many answers are to come.
    owed: usize,
    /// The stream, for answers after which no other is to come.
    last: Option<WriteHalf>,
}

impl Output {
    /// One for answers on this stream, which are announced.
    pub(crate) fn of_answers(to: &WriteHalf) -> Self {
        let output = Self::default();
        output.state().last = Some(to.share());
        output
    }

    /// Announces an answer.
    pub(crate) fn owe(&self) -> Owed {
        self.state().owed += 1;
        Owed { output: self.clone(), is_sent: false }
    }

    /// Puts a header and its body in line.
    ///
    /// # Errors
    ///
    /// A value is not of its type. Neither is sent then.
    pub(crate) fn send(
        &self,
        header: &(Type, Value),
        body: (&Type, &Value),
    ) -> Result<(), EncodeError> {
        self.put(header, body, 0)
    }

    /// The same, with which so many answers are not owed any more.
    fn put(
        &self,
        (header_type, header): &(Type, Value),
        body: (&Type, &Value),
        paid: usize,
    ) -> Result<(), EncodeError> {
        let mut state = self.state();
        let State { encoder, waiting, closed, .. } = &mut *state;
        if !*closed {
            encoder.encode_all([(header_type, header), body], waiting)?;
        }
        state.owed = state.owed.saturating_sub(paid);
        if state.owed == 0 {
            state.write_now();
        }
        let is_left = state.closed || !state.waiting.is_empty();
        drop(state);
        if is_left {
            self.shared.filled.notify_one();
        }
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
        let mut state = self.state();
        state.closed = true;
        state.last = None;
        drop(state);
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
                state.writing = !piece.is_empty();
                state.closed
            };
            if piece.is_empty() {
                if closed {
                    break;
                }
                self.shared.filled.notified().await;
                // What is about to be answered goes with it: a frame each would cost more.
                if self.state().owed > 0 {
                    yield_now().await;
                }
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

/// An answer that was announced. Whoever drops it gives none.
#[derive(Debug)]
pub(crate) struct Owed {
    output: Output,
    is_sent: bool,
}

impl Owed {
    /// Puts the answer in line.
    ///
    /// # Errors
    ///
    /// A value is not of its type. Neither is sent then, and the answer is still owed.
    pub(crate) fn send(
        &mut self,
        header: &(Type, Value),
        body: (&Type, &Value),
    ) -> Result<(), EncodeError> {
        self.output.put(header, body, usize::from(!self.is_sent))?;
        self.is_sent = true;
        Ok(())
    }
}

impl Drop for Owed {
    fn drop(&mut self) {
        if !self.is_sent {
            let mut state = self.output.state();
            state.owed = state.owed.saturating_sub(1);
        }
    }
}

impl State {
    /// Writes what the stream takes at once. The rest, and what cannot be written, is left for the task.
    fn write_now(&mut self) {
        let Some(stream) = self.last.as_mut().filter(|_| !self.writing) else { return };
        // Nobody is woken when there is room again: the task asks for itself.
        let mut cx = Context::from_waker(Waker::noop());
        if let Poll::Ready(Ok(written)) = Pin::new(stream).poll_write(&mut cx, &self.waiting) {
            self.waiting.advance(written);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_given_up_is_not_owed_any_more() {
        let output = Output::default();
        let mut sent = output.owe();
        let given_up = output.owe();
        let text = (Type::STRING, Value::from("text"));
        assert!(sent.send(&text, (&Type::STRING, &Value::Int(1))).is_err());
        assert_eq!(output.state().owed, 2, "what cannot be sent is still owed");
        assert!(sent.send(&text, (&text.0, &text.1)).is_ok());
        assert_eq!(output.state().owed, 1);
        drop((sent, given_up));
        assert_eq!(output.state().owed, 0);
    }
}
