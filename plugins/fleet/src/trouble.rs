//! What the database said when a request failed, for the log: clients do not hear it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::store::StoreError;

/// How long nothing more is said of a database that cannot be used: each request hears of it.
const QUIET: Duration = Duration::from_secs(1);

/// Writes faults of the database into the log.
#[derive(Debug, Default)]
pub(crate) struct Trouble {
    said: Mutex<Option<Instant>>,
}

impl Trouble {
    /// Takes down why a request failed, if it is not at fault itself.
    pub(crate) fn log(&self, error: &StoreError) {
        if error.is_refusal() || matches!(error, StoreError::Unavailable(_)) && !self.may_speak() {
            return;
        }
        tracing::error!(%error, "a request has failed");
    }

    fn may_speak(&self) -> bool {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let may = said.is_none_or(|said| said.elapsed() >= QUIET);
        if may {
            *said = Some(Instant::now());
        }
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn of_a_database_that_is_gone_it_speaks_once_in_a_second() {
        let trouble = Trouble::default();
        assert!(trouble.may_speak());
        assert!(!trouble.may_speak());
        tokio::time::advance(QUIET).await;
        assert!(trouble.may_speak());
    }
}
