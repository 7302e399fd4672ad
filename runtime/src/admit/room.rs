//! Room for a number of handlers, and for a number that wait for it.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hookwright::events::DEEPEST;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::{Bounds, FLOORS};

/// How long a call without a deadline waits for room.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Room for a number of handlers on each floor, and for a number that wait for it.
///
/// A semaphore would do, and takes a lock each time that a slot is given back; here whoever finds a
/// slot free, as nearly every call does, takes and gives it with one atomic step each.
#[derive(Debug)]
pub(crate) struct Room {
    /// Whose handlers, for a message.
    whose: &'static str,
    bounds: Bounds,
    floors: [Floor; FLOORS],
    waiting: AtomicUsize,
}

/// The slots of one floor.
#[derive(Debug, Default)]
struct Floor {
    running: AtomicUsize,
    waiting: AtomicUsize,
    /// Who waits, the longest first; a slot is handed over to them by telling them.
    queue: Mutex<VecDeque<oneshot::Sender<()>>>,
}

/// A slot of a room's first floor, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place(Arc<Room>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.leave(0);
    }
}

impl Room {
    pub(crate) fn new(whose: &'static str, bounds: Bounds) -> Self {
        Self { whose, bounds, floors: Default::default(), waiting: AtomicUsize::new(0) }
    }

    pub(crate) fn running(&self) -> usize {
        self.floors.iter().map(|floor| floor.running.load(Ordering::Relaxed)).sum()
    }

    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Takes a slot if one is free; the error says why there is none.
    pub(crate) fn try_enter(self: &Arc<Self>) -> Result<Place, String> {
        match self.take(self.floor(0)) {
            true => Ok(Place(Arc::clone(self))),
            false => Err(format!("{} {} are under way", self.bounds.running, self.whose)),
        }
    }

    /// Takes a slot if one is free and nobody waits for it. It has to be given back with
    /// [`leave`](Self::leave).
    pub(super) fn take_free(&self, floor: usize) -> bool {
        let floor = self.floor(floor);
        floor.waiting.load(Ordering::Relaxed) == 0 && self.take(floor)
    }

    /// Takes a slot. Where none is free it waits, but not past the deadline; and where there is no
    /// deadline not without an end, since the handlers that have the room may never end.
    /// The error says why there is none.
    pub(super) async fn wait(&self, floor: usize, deadline: Option<Instant>) -> Result<(), String> {
        let floor = self.floor(floor);
        let _waiting = self.queue(floor)?;
        let until = deadline.unwrap_or_else(|| Instant::now() + LONGEST_WAIT);
        let late = format!("none of {} {} ended in time", self.bounds.running, self.whose);
        let Some(told) = self.line_up(floor) else { return Ok(()) };
        let mut turn = Turn { room: self, floor, told, has_come: false };
        turn.has_come = matches!(tokio::time::timeout_at(until, &mut turn.told).await, Ok(Ok(())));
        if turn.has_come { Ok(()) } else { Err(late) }
    }

    /// Gives a slot back.
    pub(super) fn leave(&self, floor: usize) {
        self.give_back(self.floor(floor));
    }

    fn give_back(&self, floor: &Floor) {
        floor.running.fetch_sub(1, Ordering::SeqCst);
        // Either this sees who waits, or who waits sees the slot.
        if floor.waiting.load(Ordering::SeqCst) == 0 {
            return;
        }
        let mut queue = floor.queue();
        while !queue.is_empty() && self.take(floor) {
            let first = queue.pop_front();
            if first.is_none_or(|first| first.send(()).is_err()) {
                // Whoever it was waits no more.
                floor.running.fetch_sub(1, Ordering::SeqCst);
            }
        }
    }

    /// Takes a slot if one is free and nobody was there before; else a place in the queue.
    fn line_up(&self, floor: &Floor) -> Option<oneshot::Receiver<()>> {
        let mut queue = floor.queue();
        if queue.is_empty() && self.take(floor) {
            return None;
        }
        let (tell, told) = oneshot::channel();
        queue.push_back(tell);
        Some(told)
    }

    fn floor(&self, floor: usize) -> &Floor {
        &self.floors[floor.min(DEEPEST)]
    }

    fn take(&self, floor: &Floor) -> bool {
        let one_more = |running| (running < self.bounds.running).then_some(running + 1);
        floor.running.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_more).is_ok()
    }

    /// Counts as waiting until what is returned is dropped.
    fn queue<'a>(&'a self, floor: &'a Floor) -> Result<Waiting<'a>, String> {
        floor.waiting.fetch_add(1, Ordering::SeqCst);
        let waiting = Waiting([&self.waiting, &floor.waiting]);
        if self.waiting.fetch_add(1, Ordering::SeqCst) < self.bounds.waiting {
            return Ok(waiting);
        }
        let Bounds { running, waiting } = self.bounds;
        Err(format!("{running} {} run and {waiting} wait already", self.whose))
    }
}

impl Floor {
    fn queue(&self) -> MutexGuard<'_, VecDeque<oneshot::Sender<()>>> {
        // Nothing under this lock panics.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in the queue. Whoever leaves it before the slot has come is taken off it, and gives the slot
/// back if it was handed over meanwhile.
struct Turn<'a> {
    room: &'a Room,
    floor: &'a Floor,
    told: oneshot::Receiver<()>,
    has_come: bool,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if self.has_come {
            return;
        }
        self.told.close();
        match self.told.try_recv() {
            Ok(()) => self.room.give_back(self.floor),
            Err(_) => self.floor.queue().retain(|waiting| !waiting.is_closed()),
        }
    }
}

struct Waiting<'a>([&'a AtomicUsize; 2]);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        for waiting in self.0 {
            waiting.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests;
