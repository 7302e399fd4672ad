//! The threads on which sync handlers run.
//!
//! They are tokio's threads for what blocks, taken by `spawn_blocking` and kept for a while: a thread
//! that has just ended one handler takes the next one by itself. `spawn_blocking` for each handler
//! wakes a thread for each, and that costs several times what a short handler does.
//!
//! While something waits in the queue, a thread is on its way to it. Only one is at a time: it wakes
//! the next one itself when it has taken something and more is there. So handlers that take long get
//! a thread each, and those that end at once share a few.

use std::collections::VecDeque;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::isolate::DropCaught;

/// How long a thread without work stays.
const KEPT: Duration = Duration::from_secs(10);

/// How often a thread without work lets the others run before it sleeps. What comes meanwhile finds
/// it awake.
const LOOKS: usize = 24;

type Work = Box<dyn FnOnce() + Send>;

/// Threads that run what blocks. They end when this is dropped.
pub(crate) struct Pool(Arc<Shared>);

/// The work panicked, or was never begun because the runtime has ended.
#[derive(Debug)]
pub(crate) struct Lost;

struct Shared {
    /// Whose threads they are: of the runtime in which the pool was made, or first used. Not of one that
    /// a handler has for a while.
    runtime: OnceLock<Handle>,
    state: Mutex<State>,
    /// Somebody sleeps, and is wanted.
    wanted: Condvar,
    /// Whether a thread without work stays.
    keeps: AtomicBool,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Work>,
    /// Threads on their way to the queue: woken, begun, or looking.
    coming: usize,
    /// Those of them that have been begun, but may have to wait until tokio has a thread.
    begun: usize,
    /// Threads that sleep.
    asleep: usize,
    /// Those of them that have been woken, but have not noticed it.
    woken: usize,
    closed: bool,
}

impl Pool {
    /// A pool whose threads go when they have nothing to do.
    pub(crate) fn new() -> Self {
        let runtime = Handle::try_current().map_or_else(|_| OnceLock::new(), OnceLock::from);
        let (state, wanted, keeps) = (Mutex::default(), Condvar::new(), AtomicBool::new(false));
        Self(Arc::new(Shared { runtime, state, wanted, keeps }))
    }

    /// From now on they stay for a while. A clock of tokio's that is paused stands still for as long
    /// as one of its threads is taken, so this is not for tests that pause it.
    pub(crate) fn keep_threads(&self) {
        self.0.keeps.store(true, Ordering::Relaxed);
    }

    /// Runs something that blocks, and waits for it. It runs to its end also if nobody waits.
    pub(crate) fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> impl Future<Output = Result<T, Lost>> + Send + 'static {
        let (told, ended) = oneshot::channel();
        let work = move || {
            let ended = catch_unwind(AssertUnwindSafe(work));
            let ended = ended.map_err(|payload| drop(DropCaught(Some(payload))));
            // Nobody may be waiting any more.
            if let Err(unheard) = told.send(ended) {
                drop(DropCaught(Some(unheard)));
            }
        };
        let mut state = self.0.state();
        state.queue.push_back(Box::new(work));
        self.0.see_to_it(state);
        async move {
            match ended.await {
                Ok(Ok(value)) => Ok(value),
                Ok(Err(())) | Err(_) => Err(Lost),
            }
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.0.state().closed = true;
        self.0.wanted.notify_all();
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pool")
    }
}

impl Shared {
    /// Has a thread come, unless one does already.
    fn see_to_it(self: &Arc<Self>, mut state: MutexGuard<'_, State>) {
        if state.queue.is_empty() || state.coming > 0 {
            return;
        }
        state.coming = 1;
        if state.asleep > state.woken {
            state.woken += 1;
            drop(state);
            self.wanted.notify_one();
            return;
        }
        state.begun += 1;
        drop(state);
        let shared = Arc::clone(self);
        let runtime = self.runtime.get_or_init(Handle::current);
        let begin = || drop(runtime.spawn_blocking(move || shared.work()));
        // Tokio panics when the system has no thread for it. The panic is in the log, and what comes
        // next tries again.
        if catch_unwind(AssertUnwindSafe(begin)).is_err() {
            let mut state = self.state();
            state.begun -= 1;
            state.coming -= 1;
        }
    }

    /// What a thread does, from when it comes until it has had nothing to do for too long.
    fn work(self: Arc<Self>) {
        let mut state = self.state();
        state.begun -= 1;
        loop {
            state.coming -= 1;
            while let Some(work) = state.queue.pop_front() {
                self.see_to_it(state);
                work();
                state = self.state();
            }
            // One that looks is enough; it stands for whoever would have to be woken.
            if state.coming == 0 {
                state.coming = 1;
                state = self.look(state);
                if !state.queue.is_empty() {
                    continue;
                }
                state.coming -= 1;
            }
            state = match self.sleep(state) {
                Some(state) => state,
                None => return,
            };
        }
    }

    /// Lets others run until there is something to do, but not for long.
    fn look<'a>(&'a self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        if !self.keeps() {
            return state;
        }
        for _ in 0..LOOKS {
            drop(state);
            std::thread::yield_now();
            state = self.state();
            if !state.queue.is_empty() || state.closed {
                break;
            }
        }
        state
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

    fn keeps(&self) -> bool {
        self.keeps.load(Ordering::Relaxed)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing under this lock panics.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use futures::future::join_all;

    use super::*;

    fn pool(keeps: bool) -> Pool {
        let pool = Pool::new();
        if keeps {
            pool.keep_threads();
        }
        pool
    }

    #[tokio::test]
    async fn all_that_waits_for_each_other_gets_a_thread_of_its_own() {
        for keeps in [false, true] {
            let pool = pool(keeps);
            // Twice, so that the second time finds the threads of the first.
            for _ in 0..2 {
                let all_are_there = Arc::new(Barrier::new(40));
                let waiting = (0..40).map(|number| {
                    let all_are_there = Arc::clone(&all_are_there);
                    pool.run(move || {
                        all_are_there.wait();
                        number
                    })
                });
                let numbers = join_all(waiting.collect::<Vec<_>>()).await;
                let numbers: Vec<_> = numbers.into_iter().map(Result::unwrap).collect();
                assert_eq!(numbers, (0..40).collect::<Vec<_>>());
            }
        }
    }

    #[tokio::test]
    async fn what_panics_is_lost_alone() {
        let pool = pool(true);
        pool.run(|| panic!("on purpose")).await.unwrap_err();
        assert_eq!(pool.run(|| 1).await.unwrap(), 1);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn nothing_is_left_in_the_queue() {
        let pool = Arc::new(pool(true));
        let tasks = (0..16).map(|task| {
            let pool = Arc::clone(&pool);
            tokio::spawn(async move {
                for number in 0..2000 {
                    assert_eq!(pool.run(move || task * number).await.unwrap(), task * number);
                }
            })
        });
        join_all(tasks).await.into_iter().for_each(Result::unwrap);
    }

    #[test]
    fn a_runtime_ends_although_threads_were_kept() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let pool = pool(true);
        runtime.block_on(async { pool.run(|| ()).await.unwrap() });
        drop(pool);
        // Waits for all threads.
        drop(runtime);
    }

    #[tokio::test(start_paused = true)]
    async fn a_paused_clock_goes_on_when_all_has_ended() {
        let pool = pool(false);
        pool.run(|| ()).await.unwrap();
        tokio::time::sleep(Duration::from_secs(3600)).await;
    }
}
