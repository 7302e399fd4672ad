//! The threads on which sync handlers run.
//!
//! They are tokio's threads for what blocks, taken by `spawn_blocking` and kept for a while. What a
//! short handler costs is not the handler but the waking: of a thread to run it, and of one of the
//! runtime's to go on with the call. So what comes together is handed over together, both ways.
//!
//! - Where several calls are under way a thread is called when the runtime has run what it has at
//!   hand, which may bring more of this kind.
//! - A thread that has ended one handler takes the next one. No other thread is called for what waits
//!   unless it would wait for long, by the time that the last one took. So handlers that take long get
//!   a thread each, and those that end at once share a few.
//! - Those who wait are told by a task, the courier, of all that has ended until it runs. It also
//!   notices when nothing ends for longer than was expected, and has a thread called then.

mod courier;
mod job;
mod state;
mod thread;

use std::fmt;
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::Poll;

use tokio::runtime::Handle;
use tokio::sync::Notify;

use self::job::{Job, Work};
use self::state::{Next, State};

/// Threads that run what blocks. They end when this is dropped.
pub(crate) struct Pool(Arc<Shared>);

/// The work panicked, or was never begun because the runtime has ended.
#[derive(Debug)]
pub(crate) struct Lost;

struct Shared {
    /// Whose threads they are: of the runtime in which the pool was first used. Not of one that a
    /// handler has for a while.
    runtime: OnceLock<Handle>,
    state: Mutex<State>,
    /// Somebody sleeps, and is wanted.
    wanted: Condvar,
    /// The courier has something to do.
    courier: Notify,
    /// Whether a thread without work stays.
    keeps: AtomicBool,
}

impl Pool {
    /// A pool whose threads go when they have nothing to do.
    pub(crate) fn new() -> Self {
        Self(Arc::new(Shared {
            runtime: OnceLock::new(),
            state: Mutex::new(State::new()),
            wanted: Condvar::new(),
            courier: Notify::new(),
            keeps: AtomicBool::new(false),
        }))
    }

    /// From now on they stay for a while. A clock of tokio's that is paused stands still for as long
    /// as one of its threads is taken, so this is not for tests that pause it.
    pub(crate) fn keep_threads(&self) {
        self.0.keeps.store(true, Ordering::Relaxed);
    }

    /// Has something run that blocks. What is returned waits for it; it runs to its end also if nobody
    /// does.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> impl Future<Output = Result<T, Lost>> + Send + 'static {
        self.0.runtime();
        // Two allocations, of the job and of the channel: both go to another thread, and may live
        // longer than the call.
        let (job, ended) = Job::new(work);
        if let Some(call) = self.push(Box::new(job)) {
            if call.others {
                let_others_go_first().await;
            }
            drop(call);
        }
        async move {
            match ended.await {
                Ok(Ok(value)) => Ok(value),
                Ok(Err(_)) | Err(_) => Err(Lost),
            }
        }
    }

    /// Puts it into the queue. A thread may have to be called.
    fn push(&self, job: Box<dyn Work>) -> Option<Call> {
        let mut state = self.0.state();
        let others = state.under_way > 0;
        state.push(job);
        match state.next() {
            Next::Call => Some(Call { shared: Arc::clone(&self.0), others }),
            next => {
                self.0.see_to(next, state);
                None
            }
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.0.state().closed = true;
        self.0.wanted.notify_all();
        self.0.courier.notify_one();
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pool")
    }
}

/// A thread that counts as coming. It is called when this is dropped, also with a call that is given up.
struct Call {
    shared: Arc<Shared>,
    /// Whether others are under way.
    others: bool,
}

impl Drop for Call {
    fn drop(&mut self) {
        self.shared.call(self.shared.state());
    }
}

/// Lets the tasks run that wait for this thread of the runtime. Unlike with tokio's `yield_now`,
/// which waits for the network as well, another thread can go on with what is left.
async fn let_others_go_first() {
    let mut have_gone = false;
    poll_fn(|cx| match std::mem::replace(&mut have_gone, true) {
        true => Poll::Ready(()),
        false => {
            cx.waker().wake_by_ref();
            Poll::Pending
        }
    })
    .await;
}

impl Shared {
    /// The runtime whose threads these are, with the courier on it.
    fn runtime(self: &Arc<Self>) -> &Handle {
        self.runtime.get_or_init(|| {
            let runtime = Handle::current();
            // It ends with the pool.
            runtime.spawn(Arc::clone(self).carry());
            runtime
        })
    }

    /// Does what the queue needs to go on.
    fn see_to(self: &Arc<Self>, next: Next, state: MutexGuard<'_, State>) {
        match next {
            Next::Nothing => {}
            Next::Call => self.call(state),
            Next::Watch => {
                drop(state);
                self.courier.notify_one();
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
    use std::time::Duration;

    use futures::future::join_all;

    use super::*;

    fn pool(keeps: bool) -> Pool {
        let pool = Pool::new();
        if keeps {
            pool.keep_threads();
        }
        pool
    }

    async fn run<T: Send + 'static>(
        pool: &Pool,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Lost> {
        pool.run(work).await.await
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
                    run(&pool, move || {
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
    async fn what_was_expected_to_end_at_once_and_does_not_gets_a_thread_of_its_own_too() {
        let pool = pool(true);
        // Short ones, one thread of which can do them all.
        join_all((0..1000).map(|_| run(&pool, || ())).collect::<Vec<_>>()).await;
        let all_are_there = Arc::new(Barrier::new(40));
        let waiting = (0..40).map(|_| {
            let all_are_there = Arc::clone(&all_are_there);
            run(&pool, move || drop(all_are_there.wait()))
        });
        let ended = join_all(waiting.collect::<Vec<_>>()).await;
        assert!(ended.iter().all(Result::is_ok));
    }

    #[tokio::test]
    async fn what_panics_is_lost_alone() {
        let pool = pool(true);
        run(&pool, || panic!("on purpose")).await.unwrap_err();
        assert_eq!(run(&pool, || 1).await.unwrap(), 1);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn nothing_is_left_in_the_queue() {
        let pool = Arc::new(pool(true));
        let tasks = (0..16).map(|task| {
            let pool = Arc::clone(&pool);
            tokio::spawn(async move {
                for number in 0..2000 {
                    assert_eq!(run(&pool, move || task * number).await.unwrap(), task * number);
                }
            })
        });
        join_all(tasks).await.into_iter().for_each(Result::unwrap);
    }

    #[test]
    fn a_runtime_ends_although_threads_were_kept() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let pool = pool(true);
        runtime.block_on(async { run(&pool, || ()).await.unwrap() });
        drop(pool);
        // Waits for all threads.
        drop(runtime);
    }

    #[tokio::test(start_paused = true)]
    async fn a_paused_clock_goes_on_when_all_has_ended() {
        let pool = pool(false);
        run(&pool, || ()).await.unwrap();
        tokio::time::sleep(Duration::from_secs(3600)).await;
    }
}
