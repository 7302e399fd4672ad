//! Room for a number of handlers, and for a number that wait for it.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::Bounds;

/// How long a call without a deadline waits for room.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Room for a number of handlers, and for a number that wait for it.
///
/// A semaphore would do, and takes a lock each time that a slot is given back; here whoever finds a
/// slot free, as nearly every call does, takes and gives it with one atomic step each.
#[derive(Debug)]
pub(crate) struct Room {
    /// Whose handlers, for a message.
    whose: &'static str,
    bounds: Bounds,
    running: AtomicUsize,
    waiting: AtomicUsize,
    left: Notify,
}

/// A slot of a room, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place(Arc<Room>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.leave();
    }
}

impl Room {
    pub(crate) fn new(whose: &'static str, bounds: Bounds) -> Self {
        let (running, waiting) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self { whose, bounds, running, waiting, left: Notify::new() }
    }

    pub(crate) fn running(&self) -> usize {
        self.running.load(Ordering::Relaxed)
    }

    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Takes a slot if one is free; the error says why there is none.
    pub(crate) fn try_enter(self: &Arc<Self>) -> Result<Place, String> {
        match self.take() {
            true => Ok(Place(Arc::clone(self))),
            false => Err(format!("{} {} are under way", self.bounds.running, self.whose)),
        }
    }

    /// Takes a slot if one is free and nobody waits for it. It has to be given back with
    /// [`leave`](Self::leave).
    pub(super) fn take_free(&self) -> bool {
        self.waiting() == 0 && self.take()
    }

    /// Takes a slot. Where none is free it waits, but not past the deadline; and where there is no
    /// deadline not without an end, since the handlers that have the room may never end.
    /// The error says why there is none.
    pub(super) async fn wait(&self, deadline: Option<Instant>) -> Result<(), String> {
        let _waiting = self.queue()?;
        let until = deadline.unwrap_or_else(|| Instant::now() + LONGEST_WAIT);
        let taken = tokio::time::timeout_at(until, async {
            loop {
                // In the queue before the look: a slot given back after it is heard of.
                let mut left = pin!(self.left.notified());
                left.as_mut().enable();
                if self.take() {
                    return;
                }
                left.await;
            }
        });
        taken
            .await
            .map_err(|_| format!("none of {} {} ended in time", self.bounds.running, self.whose))
    }

    /// Gives a slot back.
    pub(super) fn leave(&self) {
        self.running.fetch_sub(1, Ordering::SeqCst);
        // Either this sees who waits, or who waits sees the slot.
        if self.waiting.load(Ordering::SeqCst) > 0 {
            self.left.notify_one();
        }
    }

    fn take(&self) -> bool {
        let one_more = |running| (running < self.bounds.running).then_some(running + 1);
        self.running.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_more).is_ok()
    }

    /// Counts as waiting until what is returned is dropped.
    fn queue(&self) -> Result<Waiting<'_>, String> {
        let waiting = Waiting(&self.waiting);
        if self.waiting.fetch_add(1, Ordering::SeqCst) < self.bounds.waiting {
            return Ok(waiting);
        }
        let Bounds { running, waiting } = self.bounds;
        Err(format!("{running} {} run and {waiting} wait already", self.whose))
    }
}

struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn no_more_than_the_bound_are_in_and_everybody_gets_in() {
        let room = Arc::new(Room::new("tests", Bounds { running: 3, waiting: 1000 }));
        let most = Arc::new(AtomicUsize::new(0));
        let tasks = (0..200).map(|_| {
            let (room, most) = (Arc::clone(&room), Arc::clone(&most));
            tokio::spawn(async move {
                for _ in 0..50 {
                    if !room.take_free() {
                        room.wait(None).await.unwrap();
                    }
                    most.fetch_max(room.running(), Ordering::Relaxed);
                    tokio::task::yield_now().await;
                    room.leave();
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        assert_eq!(most.load(Ordering::Relaxed), 3);
        assert_eq!((room.running(), room.waiting()), (0, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_gives_up_waiting_takes_no_slot_along() {
        let room = Arc::new(Room::new("tests", Bounds { running: 1, waiting: 2 }));
        let place = room.try_enter().unwrap();
        let late = Instant::now() + Duration::from_secs(1);
        room.wait(Some(late)).await.unwrap_err();
        let waiting = tokio::spawn({
            let room = Arc::clone(&room);
            async move { room.wait(None).await }
        });
        tokio::task::yield_now().await;
        assert!(!room.take_free(), "nobody goes in before those who wait");
        drop(place);
        waiting.await.unwrap().unwrap();
        assert_eq!((room.running(), room.waiting()), (1, 0));
    }
}
