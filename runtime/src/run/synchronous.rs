//! Sync handlers run on threads that may block. One cannot be ended from outside: when its time
//! is up the call is answered, and the handler is counted as abandoned and keeps its slot.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use futures::FutureExt;
use hookwright::engine::{Completion, Finish};

use super::Limit;
use crate::admit::Slot;
use crate::failure::Failure;
use crate::running::Running;

pub(super) async fn run(
    run: Box<dyn FnOnce() -> Completion + Send>,
    running: &Running,
    slot: Slot,
    limit: Limit,
) -> Result<Finish, Failure> {
    let watch = Arc::new(Watch { state: AtomicU8::new(WAITING), running: running.clone() });
    let ended = Ended(Arc::clone(&watch));
    // Dropped when the time is up, and when the caller has gone.
    let _waiting = Waiting(watch);
    // Whoever has triggered an event may hold a thread while it waits for the handlers.
    let urgent = running.depth > 0;
    let thread = running.link.pool.run(urgent, move || {
        // The slot goes after the count, and both also when the handler panics.
        let (_slot, watch) = (slot, ended);
        watch.begins().then(|| watch.0.running.apart(run))
    });
    // What is not begun has been given up, and is not waited for.
    let thread = thread.await.map(|ended| ended.ok().flatten().ok_or(GivenUp));
    limit.to_its_end(thread).await
}

/// A panic, or the call was given up before a thread came to the handler.
struct GivenUp;

const WAITING: u8 = 0;
const RUNNING: u8 = 1;
const ABANDONED: u8 = 2;
const ENDED: u8 = 3;

/// Shared by a handler's thread and whoever waits for it: the first of the two to leave tells the
/// other one.
struct Watch {
    state: AtomicU8,
    /// Whose handler it is.
    running: Running,
}

/// Held by the thread.
struct Ended(Arc<Watch>);

/// Held by whoever waits.
struct Waiting(Arc<Watch>);

impl Ended {
    /// Whether the handler may begin: after the answer it would have its effects unseen.
    fn begins(&self) -> bool {
        let state = &self.0.state;
        state.compare_exchange(WAITING, RUNNING, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        if self.0.state.swap(ENDED, Ordering::AcqRel) == ABANDONED {
            let running = &self.0.running;
            let abandoned = running.link.bulkhead.ended();
            running.apart(|| tracing::info!(abandoned, "an abandoned handler has ended"));
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let given_up = |from, to| {
            self.0.state.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire).is_ok()
        };
        if self.0.state.load(Ordering::Acquire) == ENDED || given_up(WAITING, ENDED) {
            return;
        }
        // Counted before it is said, so that the thread never takes off what is not there yet.
        let running = &self.0.running;
        let abandoned = running.link.bulkhead.abandon();
        if !given_up(RUNNING, ABANDONED) {
            running.link.bulkhead.ended();
        } else {
            running.apart(|| {
                tracing::warn!(
                    abandoned,
                    "a synchronous handler was abandoned: it still runs and keeps its slot"
                );
            });
        }
    }
}
