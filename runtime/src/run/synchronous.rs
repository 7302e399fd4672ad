//! Sync handlers run on threads that may block. One cannot be ended from outside: when its time
//! is up the call is answered, and the handler is counted as abandoned and keeps its slot.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use hookwright::engine::{Completion, Finish};
use tracing::Span;

use super::Limit;
use crate::admit::{Bulkhead, Slot};
use crate::engine::Link;
use crate::failure::Failure;

pub(super) async fn run(
    run: Box<dyn FnOnce() -> Completion + Send>,
    link: &Link,
    slot: Slot,
    limit: Limit,
    span: &Span,
) -> Result<Finish, Failure> {
    let watch = Arc::new(Watch {
        state: AtomicU8::new(RUNNING),
        bulkhead: Arc::clone(&link.bulkhead),
        span: span.clone(),
    });
    let thread = {
        let (span, watch) = (span.clone(), Ended(Arc::clone(&watch)));
        tokio::task::spawn_blocking(move || {
            // The slot goes after the count, and both also when the handler panics.
            let (_slot, _watch) = (slot, watch);
            span.in_scope(run)
        })
    };
    // Dropped when the time is up, and when the caller has gone.
    let _waiting = Waiting(watch);
    limit.to_its_end(thread).await
}

const RUNNING: u8 = 0;
const ABANDONED: u8 = 1;
const ENDED: u8 = 2;

/// Shared by a handler's thread and whoever waits for it: the first of the two to leave tells the
/// other one.
struct Watch {
    state: AtomicU8,
    bulkhead: Arc<Bulkhead>,
    /// Says whose handler it is.
    span: Span,
}

/// Held by the thread.
struct Ended(Arc<Watch>);

/// Held by whoever waits.
struct Waiting(Arc<Watch>);

impl Drop for Ended {
    fn drop(&mut self) {
        if self.0.state.swap(ENDED, Ordering::AcqRel) == ABANDONED {
            let abandoned = self.0.bulkhead.ended();
            let _entered = self.0.span.enter();
            tracing::info!(abandoned, "an abandoned handler has ended");
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if self.0.state.load(Ordering::Acquire) == ENDED {
            return;
        }
        // Counted before it is said, so that the thread never takes off what is not there yet.
        let abandoned = self.0.bulkhead.abandon();
        let left =
            self.0.state.compare_exchange(RUNNING, ABANDONED, Ordering::AcqRel, Ordering::Acquire);
        if left.is_err() {
            self.0.bulkhead.ended();
        } else {
            let _entered = self.0.span.enter();
            tracing::warn!(
                abandoned,
                "a synchronous handler was abandoned: it still runs and keeps its slot"
            );
        }
    }
}
