//! Room for handlers: bounds on how many run and how many wait, for each plugin and for all of
//! them, so that a plugin whose handlers hang takes nothing from the others.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hookwright::engine::HandlerKind;
use hookwright::events::DEEPEST;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::failure::Failure;

/// How long a call without a deadline waits for room.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How many handlers may run at a time, and how many may wait until they can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Handlers that run.
    pub running: usize,
    /// Handlers that wait.
    pub waiting: usize,
}

/// The handlers of hooks, and of events by how deep those are nested. A handler that triggers an event
/// holds its slot while it waits for those of the event; since they take theirs on the next floor, no
/// floor ever waits for itself.
const FLOORS: usize = DEEPEST + 1;

/// How many synchronous handlers may hold a thread for each that may run.
pub(crate) const THREADS_EACH: usize = FLOORS;

/// Room for a number of handlers on each floor, and for a number that wait for it.
#[derive(Debug)]
pub(crate) struct Room {
    /// Whose handlers, for a message.
    whose: &'static str,
    bounds: Bounds,
    floors: [Arc<Semaphore>; FLOORS],
    waiting: AtomicUsize,
}

impl Room {
    pub(crate) fn new(whose: &'static str, bounds: Bounds) -> Self {
        let floors = std::array::from_fn(|_| Arc::new(Semaphore::new(bounds.running)));
        Self { whose, bounds, floors, waiting: AtomicUsize::new(0) }
    }

    pub(crate) fn running(&self) -> usize {
        self.floors.iter().map(|slots| self.bounds.running - slots.available_permits()).sum()
    }

    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Takes a slot if one is free; the error says why there is none.
    pub(crate) fn try_enter(&self) -> Result<OwnedSemaphorePermit, String> {
        let slot = Arc::clone(&self.floors[0]).try_acquire_owned();
        slot.map_err(|_full| format!("{} {} are under way", self.bounds.running, self.whose))
    }

    /// Takes a slot. Where none is free it waits, but not past the deadline; and where there is no
    /// deadline not without an end, since the handlers that have the room may never end.
    /// The error says why there is none.
    async fn enter(
        &self,
        floor: usize,
        deadline: Option<Instant>,
    ) -> Result<OwnedSemaphorePermit, String> {
        let slots = &self.floors[floor.min(DEEPEST)];
        if let Ok(slot) = Arc::clone(slots).try_acquire_owned() {
            return Ok(slot);
        }
        let _waiting = self.queue()?;
        let slot = Arc::clone(slots).acquire_owned();
        let until = deadline.unwrap_or_else(|| Instant::now() + LONGEST_WAIT);
        match tokio::time::timeout_at(until, slot).await {
            Ok(Ok(slot)) => Ok(slot),
            _ => Err(format!("none of {} {} ended in time", self.bounds.running, self.whose)),
        }
    }

    /// Counts as waiting until what is returned is dropped.
    fn queue(&self) -> Result<Waiting<'_>, String> {
        let waiting = Waiting(&self.waiting);
        if self.waiting.fetch_add(1, Ordering::Relaxed) < self.bounds.waiting {
            return Ok(waiting);
        }
        let Bounds { running, waiting } = self.bounds;
        Err(format!("{running} {} run and {waiting} wait already", self.whose))
    }
}

struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The bounds of one plugin.
#[derive(Debug)]
pub(crate) struct Bulkhead {
    /// Threads are dear, so handlers that block one have less room.
    pub(crate) sync: Room,
    pub(crate) asynchronous: Room,
    /// HTTP requests, until their responses have ended.
    pub(crate) web: Room,
    /// The room that all plugins share.
    all: Arc<Room>,
    /// Sync handlers that nobody waits for any more but which have not ended; they keep their
    /// slots.
    abandoned: AtomicUsize,
}

/// Room for one handler, until it is dropped.
#[derive(Debug)]
pub(crate) struct Slot {
    _own: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

impl Bulkhead {
    pub(crate) fn new(sync: Bounds, asynchronous: Bounds, web: Bounds, all: Arc<Room>) -> Self {
        Self {
            sync: Room::new("synchronous handlers of the plugin", sync),
            asynchronous: Room::new("asynchronous handlers of the plugin", asynchronous),
            web: Room::new("HTTP requests of the plugin", web),
            all,
            abandoned: AtomicUsize::new(0),
        }
    }

    /// Takes a slot of the plugin, and then one of all: whoever waits for their plugin takes
    /// nothing from the others.
    pub(crate) async fn admit(
        &self,
        kind: HandlerKind,
        floor: usize,
        deadline: Option<Instant>,
    ) -> Result<Slot, Failure> {
        let room = match kind {
            HandlerKind::Sync => &self.sync,
            HandlerKind::Async => &self.asynchronous,
        };
        let own = room.enter(floor, deadline).await.map_err(|why| self.no_room(kind, &why))?;
        let of_all = self.all.enter(floor, deadline).await.map_err(|why| Failure::no_room(&why))?;
        Ok(Slot { _own: own, _of_all: of_all })
    }

    fn no_room(&self, kind: HandlerKind, why: &str) -> Failure {
        match (kind, self.abandoned()) {
            (HandlerKind::Async, _) | (_, 0) => Failure::no_room(why),
            (_, abandoned) => {
                Failure::no_room(&format!("{why}, {abandoned} of them past their time limit"))
            }
        }
    }

    pub(crate) fn abandoned(&self) -> usize {
        self.abandoned.load(Ordering::Relaxed)
    }

    pub(crate) fn abandon(&self) -> usize {
        self.abandoned.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn ended(&self) -> usize {
        self.abandoned.fetch_sub(1, Ordering::Relaxed) - 1
    }
}
