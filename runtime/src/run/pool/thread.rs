//! What the threads of the pool do.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::Shared;
use super::state::State;

/// How long a thread without work stays.
const KEPT: Duration = Duration::from_secs(10);

impl Shared {
    /// Has a thread come that counts as coming.
    pub(super) fn call(self: &Arc<Self>, mut state: MutexGuard<'_, State>) {
        if state.asleep > state.woken {
            state.woken += 1;
            drop(state);
            self.wanted.notify_one();
            return;
        }
        state.begun += 1;
        drop(state);
        let shared = Arc::clone(self);
        let runtime = self.runtime();
        let begin = || drop(runtime.spawn_blocking(move || shared.work()));
        // Tokio panics when the system has no thread for it. The panic is in the log, and what comes
        // next tries again.
        if catch_unwind(AssertUnwindSafe(begin)).is_err() {
            let mut state = self.state();
            state.begun -= 1;
            state.coming -= 1;
        }
    }

    /// From when a thread comes until it has had nothing to do for too long.
    fn work(self: Arc<Self>) {
        let mut state = self.state();
        state.begun -= 1;
        loop {
            state.coming -= 1;
            let mut began = Instant::now();
            while let Some(mut work) = state.queue.pop_front() {
                state.running += 1;
                let next = state.next();
                self.see_to(next, state);
                work.run();
                let now = Instant::now();
                state = self.state();
                state.ended(work, now - began);
                began = now;
                // The courier takes those that come until it runs as well.
                if state.untold.len() == 1 {
                    drop(state);
                    self.courier.notify_one();
                    state = self.state();
                }
            }
            state = match self.sleep(state) {
                Some(state) => state,
                None => return,
            };
        }
    }

    /// Sleeps until the thread is wanted; `None` if it is not for too long.
    fn sleep<'a>(&'a self, mut state: MutexGuard<'a, State>) -> Option<MutexGuard<'a, State>> {
        // Where tokio has no thread for one that was begun, this one goes back to it.
        if state.closed || !self.keeps() || state.begun > 0 {
            return None;
        }
        state.asleep += 1;
        let (mut state, _) = self
            .wanted
            .wait_timeout_while(state, KEPT, |state| state.woken == 0 && !state.closed)
            .unwrap_or_else(PoisonError::into_inner);
        state.asleep -= 1;
        match state.woken {
            0 => None,
            _ => {
                state.woken -= 1;
                Some(state)
            }
        }
    }
}
