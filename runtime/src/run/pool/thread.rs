//! What the threads of the pool do.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::Shared;
use super::state::{Coming, State};

/// How long a thread without work stays.
const KEPT: Duration = Duration::from_secs(10);

impl Shared {
    /// Has the thread come that has been promised, if it is still needed.
    pub(super) fn call(self: &Arc<Self>, mut state: MutexGuard<'_, State>) {
        if !matches!(state.coming, Coming::Promised) {
            return;
        }
        if state.queue.is_empty() {
            state.coming = Coming::Nobody;
            return;
        }
        if state.asleep > 0 {
            state.coming = Coming::Woken;
            drop(state);
            self.wanted.notify_one();
            return;
        }
        state.coming = Coming::Begun(Instant::now());
        drop(state);
        let begun = Begun(Some(Arc::clone(self)));
        let runtime = self.runtime();
        let begin = || drop(runtime.spawn_blocking(move || begun.work()));
        // Tokio panics when it has no thread at all, and the system none for it. The panic is in the
        // log, and those who wait hear of it; what comes next tries again.
        if catch_unwind(AssertUnwindSafe(begin)).is_err() {
            self.none_begins();
        }
    }

    /// No thread begins, so those who wait for one are told.
    fn none_begins(&self) {
        let mut state = self.state();
        state.nobody_begins();
        let never_run = std::mem::take(&mut state.queue);
        state.under_way -= never_run.len();
        drop(state);
        drop(never_run);
    }

    /// From when a thread comes until it has had nothing to do for too long.
    fn work(self: Arc<Self>) {
        let mut state = self.state();
        state.nobody_begins();
        loop {
            let mut began = Instant::now();
            while let Some(mut work) = state.queue.pop_front() {
                state.running += 1;
                let next = state.next(false);
                self.see_to(next, state);
                work.run();
                let now = Instant::now();
                state = self.state();
                state.ended(now - began);
                began = now;
                if state.closed {
                    // The courier leaves, or has left.
                    state.under_way -= 1;
                    drop(state);
                    work.tell();
                    state = self.state();
                    continue;
                }
                state.untold.push(work);
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
        if state.closed || !state.keeps || matches!(state.coming, Coming::Begun(_)) {
            return None;
        }
        state.asleep += 1;
        let (mut state, _) = self
            .wanted
            .wait_timeout_while(state, KEPT, |state| !state.is_woken() && !state.closed)
            .unwrap_or_else(PoisonError::into_inner);
        state.asleep -= 1;
        if !state.is_woken() {
            return None;
        }
        state.coming = Coming::Nobody;
        Some(state)
    }
}

impl State {
    /// Whoever was begun is there, or will not be.
    fn nobody_begins(&mut self) {
        if let Coming::Begun(_) = self.coming {
            self.coming = Coming::Nobody;
        }
    }

    fn is_woken(&self) -> bool {
        matches!(self.coming, Coming::Woken)
    }
}

/// A thread that tokio has been asked for.
struct Begun(Option<Arc<Shared>>);

impl Begun {
    fn work(mut self) {
        if let Some(shared) = self.0.take() {
            shared.work();
        }
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        // The runtime has ended before it came to this.
        if let Some(shared) = &self.0 {
            shared.none_begins();
        }
    }
}
