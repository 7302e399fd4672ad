//! The threads on which sync handlers run.
//!
//! They are tokio's threads for what blocks, taken by `spawn_blocking` and kept for a while. What a
//! short handler costs is not the handler but the waking: of a thread to run it, and of one of the
//! runtime's to go on with the call. So what comes together is handed over together, both ways.
//!
//! - Where several calls are under way a thread is called when the runtime has run what it has at
//!   hand, which may bring more of this kind.
//! - A thread that has ended one handler takes the next one. No other thread is called for what waits
//!   unless it would wait for long, by the time that the last ones took. So handlers that take long
//!   get a thread each, and those that end at once share a few.
//! - Those who wait are told by a task, the courier, of all that has ended until it runs. It also
//!   notices when nothing ends for longer than was expected, and calls a thread then.

mod courier;
mod job;
mod state;
mod thread;

use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::Poll;

use tokio::runtime::Handle;
use tokio::sync::Notify;

use self::job::{Job, Work};
use self::state::{Next, State};

/// Threads that run what blocks. They end when this is dropped, and what they have to do is done.
pub(crate) struct Pool(Arc<Shared>);

/// The work panicked, or was never begun because the runtime has ended.
#[derive(Debug)]
pub(crate) struct Lost;

struct Shared {
    /// Whose threads they are: of the runtime in which the pool was made, or first used. Not of one
    /// that a handler has for a while.
    runtime: OnceLock<Handle>,
    state: Mutex<State>,
    /// Somebody sleeps, and is wanted.
    wanted: Condvar,
    /// The courier has something to do.
    courier: Notify,
}

impl Pool {
    /// A pool whose threads go when they have nothing to do, and are called for all that waits.
    pub(crate) fn new() -> Self {
        let shared = Arc::new(Shared {
            runtime: OnceLock::new(),
            state: Mutex::new(State::new()),
            wanted: Condvar::new(),
            courier: Notify::new(),
        });
        if Handle::try_current().is_ok() {
            shared.runtime();
        }
        Self(shared)
    }

    /// From now on they stay for a while, and what waits may wait a moment for them. A clock of tokio's
    /// that is paused stands still for as long as one of its threads is taken, so this is not for
    /// tests that pause it.
    pub(crate) fn keep_threads(&self) {
        self.0.state().keeps = true;
    }

    /// Has something run that blocks. What is returned waits for it; it runs to its end also if nobody
    /// does. It is `urgent` if something that holds a thread may be waiting for it.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        urgent: bool,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> impl Future<Output = Result<T, Lost>> + Send + 'static {
        self.0.runtime();
        // Two allocations, of the job and of the channel: both go to another thread, and may live
        // longer than the call.
        let (job, ended) = Job::new(work);
        if let Some(call) = self.push(urgent, Box::new(job)) {
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
    fn push(&self, urgent: bool, job: Box<dyn Work>) -> Option<Call> {
        let mut state = self.0.state();
        let others = state.under_way > 0 && !urgent;
        state.push(job);
        match state.next(urgent) {
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

/// A thread that has been promised. It is called when this is dropped, also with a call that is given
/// up.
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

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing under this lock panics.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
