//! Who tells those that wait.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::Shared;
use super::job::Work;
use super::state::Next;

/// What has not gone on for this long does not go on by itself. As exact as tokio's clock is.
const PATIENCE: Duration = Duration::from_millis(1);

impl Shared {
    /// What the courier does, until the pool is gone.
    pub(super) fn carry(self: Arc<Self>) -> impl Future<Output = ()> + Send {
        // Made before the courier runs for the first time: the runtime may end before that.
        let leaves = Leaves(Arc::clone(&self));
        async move {
            self.carry_on().await;
            drop(leaves);
        }
    }

    async fn carry_on(self: Arc<Self>) {
        let mut watches = false;
        let mut told = Vec::new();
        loop {
            let heard = self.courier.notified();
            let stuck = match watches {
                true => timeout(PATIENCE, heard).await.is_err(),
                false => {
                    heard.await;
                    false
                }
            };
            let mut state = self.state();
            // Each gets the other's memory, so that none is taken anew.
            std::mem::swap(&mut state.untold, &mut told);
            state.under_way -= told.len();
            let closed = state.closed;
            let next = state.looked_at(stuck && told.is_empty());
            watches = matches!(next, Next::Watch);
            match next {
                Next::Call => self.call(state),
                Next::Watch | Next::Nothing => drop(state),
            }
            told.drain(..).for_each(Work::tell);
            if closed {
                return;
            }
        }
    }
}

/// Dropped when the courier leaves, because the pool is gone or the runtime ends. From then on threads
/// tell of what they have run, and each thing that waits gets one.
struct Leaves(Arc<Shared>);

impl Drop for Leaves {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.closed = true;
        let untold = std::mem::take(&mut state.untold);
        state.under_way -= untold.len();
        match state.next(false) {
            Next::Call => self.0.call(state),
            Next::Watch | Next::Nothing => drop(state),
        }
        self.0.wanted.notify_all();
        untold.into_iter().for_each(Work::tell);
    }
}
