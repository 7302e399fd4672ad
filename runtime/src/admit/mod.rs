//! Room for handlers: bounds on how many run and how many wait, for each plugin and for all of
//! them, so that a plugin whose handlers hang takes nothing from the others.

mod room;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hookwright::engine::HandlerKind;
use hookwright::events::DEEPEST;
use tokio::time::Instant;

pub(crate) use self::room::{Place, Room};
use crate::failure::Failure;

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

/// The bounds of one plugin.
#[derive(Debug)]
pub(crate) struct Bulkhead {
    /// Threads are dear, so handlers that block one have less room.
    pub(crate) sync: Room,
    pub(crate) asynchronous: Room,
    /// HTTP requests, until their responses have ended.
    pub(crate) web: Arc<Room>,
    /// The room that all plugins share.
    all: Arc<Room>,
    /// Sync handlers that nobody waits for any more but which have not ended; they keep their
    /// slots.
    abandoned: AtomicUsize,
}

/// Room for one handler, until it is dropped.
#[derive(Debug)]
pub(crate) struct Slot {
    bulkhead: Arc<Bulkhead>,
    kind: HandlerKind,
    floor: usize,
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.bulkhead.all.leave(self.floor);
        self.bulkhead.room(self.kind).leave(self.floor);
    }
}

impl Bulkhead {
    pub(crate) fn new(sync: Bounds, asynchronous: Bounds, web: Bounds, all: Arc<Room>) -> Self {
        Self {
            sync: Room::new("synchronous handlers of the plugin", sync),
            asynchronous: Room::new("asynchronous handlers of the plugin", asynchronous),
            web: Arc::new(Room::new("HTTP requests of the plugin", web)),
            all,
            abandoned: AtomicUsize::new(0),
        }
    }

    /// Takes a slot of the plugin and one of all, if both are free.
    pub(crate) fn admit_now(self: &Arc<Self>, kind: HandlerKind, floor: usize) -> Option<Slot> {
        if !self.room(kind).take_free(floor) {
            return None;
        }
        if !self.all.take_free(floor) {
            self.room(kind).leave(floor);
            return None;
        }
        Some(Slot { bulkhead: Arc::clone(self), kind, floor })
    }

    /// Takes a slot of the plugin, and then one of all: whoever waits for their plugin takes
    /// nothing from the others.
    pub(crate) async fn admit(
        self: &Arc<Self>,
        kind: HandlerKind,
        floor: usize,
        deadline: Option<Instant>,
    ) -> Result<Slot, Failure> {
        let own = self.room(kind);
        if !own.take_free(floor) {
            own.wait(floor, deadline).await.map_err(|why| self.no_room(kind, &why))?;
        }
        let own = LeaveUnlessAdmitted(Some((own, floor)));
        if !self.all.take_free(floor) {
            self.all.wait(floor, deadline).await.map_err(|why| Failure::no_room(&why))?;
        }
        own.admitted();
        Ok(Slot { bulkhead: Arc::clone(self), kind, floor })
    }

    fn room(&self, kind: HandlerKind) -> &Room {
        match kind {
            HandlerKind::Sync => &self.sync,
            HandlerKind::Async => &self.asynchronous,
        }
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

/// A slot of the plugin's whose taker still waits for one of all, and may be gone before that.
struct LeaveUnlessAdmitted<'a>(Option<(&'a Room, usize)>);

impl LeaveUnlessAdmitted<'_> {
    fn admitted(mut self) {
        self.0 = None;
    }
}

impl Drop for LeaveUnlessAdmitted<'_> {
    fn drop(&mut self) {
        if let Some((room, floor)) = self.0 {
            room.leave(floor);
        }
    }
}
