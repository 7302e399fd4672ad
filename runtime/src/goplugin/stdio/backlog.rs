//! What was printed and has not been taken yet, within a bound.
//!
//! Whoever prints is never made to wait for a host that does not read: what no longer fits pushes
//! the oldest out, and the reader that misses it says how much that was. A reader that does read is
//! waited for, a little, so that a burst of output arrives whole.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use hookwright_proto::go_plugin::stdio_data::Channel;
use tokio::sync::Notify;

/// The bytes that are kept while nobody reads.
const KEPT: usize = 256 * 1024;
/// The bytes that may wait for somebody who does.
const QUEUED: usize = 4 * 1024 * 1024;
/// How long a reader may take nothing until output is no longer held up for it.
const PATIENCE: Duration = Duration::from_millis(100);
/// The longest time for which output is held up at once, and of all the time a tenth: a reader that
/// is slow but not silent must not make handlers slow.
const HOLD: Duration = Duration::from_secs(1);
/// The most pieces that wait, however short they are.
const MOST_PIECES: usize = 16 * 1024;
/// The most bytes of one message.
pub(super) const LARGEST_PIECE: usize = 32 * 1024;

/// The output of a process in the order in which it came. Clones are the same.
#[derive(Debug, Clone)]
pub(super) struct Backlog(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    patience: Duration,
    state: Mutex<State>,
    /// Something was printed, or nothing more will be.
    more: Notify,
    /// A reader has left.
    left: Notify,
    /// A reader has taken something.
    room: Condvar,
}

/// Places are counted in bytes since the process began to print.
#[derive(Debug, Default)]
struct State {
    pieces: VecDeque<Piece>,
    /// Where the oldest piece begins, and where the next one will.
    start: u64,
    end: u64,
    /// Where the reader that is farthest has come to; a new one begins there.
    taken: u64,
    /// Where each reader is.
    readers: BTreeMap<u64, u64>,
    last_reader: u64,
    /// Nobody has taken anything for too long; output does not wait until that changes.
    stalled: bool,
    /// How long output was held up, less a tenth of the time since.
    held: Duration,
    held_at: Option<Instant>,
    closed: bool,
}

#[derive(Debug)]
struct Piece {
    at: u64,
    channel: Channel,
    data: Vec<u8>,
}

impl Default for Backlog {
    fn default() -> Self {
        Self::new(PATIENCE)
    }
}

impl Backlog {
    fn new(patience: Duration) -> Self {
        Self(Arc::new(Shared {
            patience,
            state: Mutex::default(),
            more: Notify::new(),
            left: Notify::new(),
            room: Condvar::new(),
        }))
    }

    /// Adds what was printed. Waits for room, but not longer than a reader that keeps up needs.
    pub(super) fn push(&self, channel: Channel, data: &[u8]) {
        let mut state = self.lock();
        while state.is_worth_waiting(data.len()) {
            let (before, begun) = (state.start, Instant::now());
            let hold = state.may_hold(begun).min(self.0.patience);
            if hold.is_zero() {
                break;
            }
            let waited = self.0.room.wait_timeout(state, hold);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            state.held += begun.elapsed();
            state.stalled = state.start == before;
        }
        state.push(channel, data);
        drop(state);
        self.0.more.notify_waiters();
    }

    /// Begins to read where the others have come to.
    pub(super) fn reader(&self) -> Reader {
        let mut state = self.lock();
        state.last_reader += 1;
        let (id, taken) = (state.last_reader, state.taken);
        state.readers.insert(id, taken);
        Reader { backlog: self.clone(), id }
    }

    /// Whether there are readers.
    pub(super) fn is_read(&self) -> bool {
        !self.lock().readers.is_empty()
    }

    /// Ends every reader at what has been printed by now.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.0.more.notify_waiters();
    }

    /// Waits until there are no readers.
    pub(super) async fn left(&self) {
        loop {
            let left = self.0.left.notified();
            if self.lock().readers.is_empty() {
                return;
            }
            left.await;
        }
    }

    /// Takes what nobody has read.
    pub(super) fn unread(&self) -> Vec<u8> {
        let mut state = self.lock();
        (state.start, state.taken) = (state.end, state.end);
        state.pieces.drain(..).flat_map(|piece| piece.data).collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing under this lock panics half way.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn len(&self) -> usize {
        usize::try_from(self.end - self.start).unwrap_or(usize::MAX)
    }

    /// Whether there is no room for so much more, and a reader that makes some.
    fn is_worth_waiting(&self, more: usize) -> bool {
        let full = self.len() + more > QUEUED || self.pieces.len() >= MOST_PIECES;
        full && !self.stalled && !self.readers.is_empty()
    }

    /// How long output may be held up now.
    fn may_hold(&mut self, now: Instant) -> Duration {
        let since = self.held_at.replace(now).map_or(HOLD, |at| now.duration_since(at));
        self.held = self.held.saturating_sub(since / 10);
        HOLD.saturating_sub(self.held)
    }

    fn push(&mut self, channel: Channel, data: &[u8]) {
        if self.closed {
            return;
        }
        match self.pieces.back_mut() {
            // Lines that are printed one by one go together, as long as nobody has seen the first.
            Some(last)
                if last.channel == channel
                    && last.at >= self.taken
                    && last.data.len() + data.len() <= LARGEST_PIECE =>
            {
                last.data.extend_from_slice(data);
            }
            _ => self.pieces.push_back(Piece { at: self.end, channel, data: data.to_vec() }),
        }
        self.end += data.len() as u64;
        let most = if self.readers.is_empty() { KEPT } else { QUEUED };
        while self.len() > most || self.pieces.len() > MOST_PIECES {
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) {
        self.pieces.pop_front();
        self.start = self.pieces.front().map_or(self.end, |piece| piece.at);
    }

    /// The next piece of a reader, and how many bytes before it are gone.
    fn take(&mut self, reader: u64) -> Option<(u64, Channel, Bytes)> {
        let place = self.readers.get_mut(&reader)?;
        let index = self.pieces.partition_point(|piece| piece.at < *place);
        let piece = self.pieces.get(index)?;
        let lost = piece.at - *place;
        let next = (lost, piece.channel, Bytes::copy_from_slice(&piece.data));
        *place = piece.at + piece.data.len() as u64;
        self.taken = self.taken.max(*place);
        self.drop_what_all_have();
        Some(next)
    }

    fn drop_what_all_have(&mut self) {
        let last = self.readers.values().min().copied().unwrap_or(self.taken);
        while self.pieces.front().is_some_and(|piece| piece.at < last) {
            self.drop_oldest();
            self.stalled = false;
        }
    }
}

/// Reads the output of a process from some point on.
#[derive(Debug)]
pub(super) struct Reader {
    backlog: Backlog,
    id: u64,
}

impl Reader {
    /// Waits for the next piece; none at the end.
    pub(super) async fn next(&mut self) -> Option<(Channel, Bytes)> {
        loop {
            let more = self.backlog.0.more.notified();
            let (next, closed) = {
                let mut state = self.backlog.lock();
                (state.take(self.id), state.closed)
            };
            match next {
                Some((lost, channel, data)) => {
                    self.backlog.0.room.notify_all();
                    if lost > 0 {
                        tracing::warn!(
                            lost_bytes = lost,
                            "output was not read in time and is lost"
                        );
                    }
                    return Some((channel, data));
                }
                None if closed => return None,
                None => more.await,
            }
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let mut state = self.backlog.lock();
        state.readers.remove(&self.id);
        state.drop_what_all_have();
        drop(state);
        self.backlog.0.room.notify_all();
        self.backlog.0.left.notify_waiters();
    }
}

#[cfg(test)]
mod tests;
