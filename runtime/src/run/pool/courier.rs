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
    pub(super) async fn carry(self: Arc<Self>) {
        let mut watches = false;
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
            let untold = state.take_untold();
            let closed = state.closed;
            let next = state.looked_at(stuck);
            watches = matches!(next, Next::Watch);
            match next {
                Next::Call => self.call(state),
                Next::Watch | Next::Nothing => drop(state),
            }
            untold.into_iter().for_each(Work::tell);
            if closed {
                return;
            }
        }
    }
}
