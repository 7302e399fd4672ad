//! Whose handler a thread is running at this moment: the log puts it into each record, and the
//! watchdog names who does not come back.
//!
//! It is kept here, and not in a span of each call, because a span costs more than all the rest of
//! a call's way through the engine. A span that a handler makes takes it over, and
//! `Context::span` makes one of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use hookwright::Caller;
use hookwright::engine::Registration;

use crate::engine::Link;

/// A handler and the call that it answers.
#[derive(Debug, Clone)]
pub(crate) struct Running {
    pub(crate) link: Arc<Link>,
    pub(crate) caller: Arc<Caller>,
    /// How many events it is nested in.
    pub(crate) depth: usize,
}

/// What a thread is running. The lock is its own, but for the watchdog's look twice a second.
#[derive(Debug, Default)]
struct Slot {
    running: Option<Running>,
    /// Whether others wait for the thread: it is the runtime's, and not one that may block.
    is_waited_for: bool,
    /// Another one each time that the thread turns to something else.
    turn: u64,
}

static THREADS: Mutex<Vec<Weak<Mutex<Slot>>>> = Mutex::new(Vec::new());

thread_local! {
    static SLOT: Arc<Mutex<Slot>> = {
        let slot = Arc::new(Mutex::new(Slot::default()));
        lock(&THREADS).push(Arc::downgrade(&slot));
        slot
    };
}

impl Running {
    /// Runs a piece of an async handler, for which others wait.
    pub(crate) fn poll<T>(&self, work: impl FnOnce() -> T) -> T {
        within(self.clone(), true, work)
    }

    /// Runs something on the handler's behalf that may block, or that says something about it.
    pub(crate) fn apart<T>(&self, work: impl FnOnce() -> T) -> T {
        within(self.clone(), false, work)
    }

    fn fields(&self) -> [(&'static str, &str); 4] {
        let Self { link, caller, .. } = self;
        [
            ("hook", link.handler.registration.hook.as_str()),
            ("plugin", link.handler.plugin.id()),
            ("handler", link.handler.registration.handler),
            ("request_id", &caller.request_id),
        ]
    }
}

fn within<T>(running: Running, is_waited_for: bool, work: impl FnOnce() -> T) -> T {
    let before = turn_to(Some(running), is_waited_for);
    // Also when it panics.
    let _back = Back(Some(before));
    work()
}

/// What the thread goes back to when this is dropped.
struct Back(Option<(Option<Running>, bool)>);

impl Drop for Back {
    fn drop(&mut self) {
        if let Some((running, is_waited_for)) = self.0.take() {
            turn_to(running, is_waited_for);
        }
    }
}

/// Gives what the thread was running before.
fn turn_to(running: Option<Running>, is_waited_for: bool) -> (Option<Running>, bool) {
    let turned = SLOT.try_with(|slot| {
        let mut slot = lock(slot);
        slot.turn = slot.turn.wrapping_add(1);
        (
            std::mem::replace(&mut slot.running, running),
            std::mem::replace(&mut slot.is_waited_for, is_waited_for),
        )
    });
    // A thread that ends runs nobody's handler.
    turned.unwrap_or_default()
}

/// How many events the code that runs here is nested in.
pub(crate) fn depth() -> usize {
    let running = SLOT.try_with(|slot| lock(slot).running.as_ref().map(|running| running.depth));
    running.ok().flatten().unwrap_or_default()
}

/// Hands over what is known of the handler that this thread is running, name and value.
pub(crate) fn fields(mut take: impl FnMut(&'static str, &str)) {
    let running = SLOT.try_with(|slot| lock(slot).running.clone());
    let Ok(Some(running)) = running else { return };
    for (name, value) in running.fields() {
        if !value.is_empty() {
            take(name, value);
        }
    }
}

/// A stay of a thread in a handler for which others wait: its thread, its turn, and the handler.
pub(crate) type Stay = ((usize, u64), &'static Registration);

/// What the threads are doing for which others wait.
pub(crate) fn stays() -> Vec<Stay> {
    let mut threads = lock(&THREADS);
    threads.retain(|thread| thread.strong_count() > 0);
    let stay = |thread: &Weak<Mutex<Slot>>| {
        let thread = thread.upgrade()?;
        let slot = lock(&thread);
        let running = slot.running.as_ref().filter(|_| slot.is_waited_for)?;
        Some(((Arc::as_ptr(&thread).addr(), slot.turn), running.link.handler.registration))
    };
    threads.iter().filter_map(stay).collect()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing under these locks panics half way.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
