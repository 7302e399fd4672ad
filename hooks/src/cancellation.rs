//! How a handler learns that nobody waits for it any more.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering, fence};

use tokio_util::sync::CancellationToken;

/// Says whether a handler was given up. There is no token until somebody asks for one, since few
/// handlers do and each has a cancellation.
#[derive(Debug, Default)]
pub struct Cancellation {
    given_up: AtomicBool,
    token: OnceLock<CancellationToken>,
}

impl Cancellation {
    /// One that is over when this token is, at the latest.
    #[must_use]
    pub fn of(token: CancellationToken) -> Self {
        Self { given_up: AtomicBool::new(false), token: OnceLock::from(token) }
    }

    /// The token, for whoever wants to wait.
    #[must_use]
    pub fn token(&self) -> &CancellationToken {
        let token = self.token.get_or_init(CancellationToken::new);
        // Either this sees that the handler was given up, or the other side sees the token.
        fence(Ordering::SeqCst);
        if self.given_up.load(Ordering::Relaxed) {
            token.cancel();
        }
        token
    }

    /// Tells the handler that it is given up.
    pub fn cancel(&self) {
        self.given_up.store(true, Ordering::Relaxed);
        fence(Ordering::SeqCst);
        if let Some(token) = self.token.get() {
            token.cancel();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_asks_afterwards_finds_that_the_handler_was_given_up() {
        let cancellation = Cancellation::default();
        cancellation.cancel();
        assert!(cancellation.token().is_cancelled());
    }

    #[test]
    fn whoever_asked_before_is_told() {
        let cancellation = Cancellation::default();
        let token = cancellation.token().clone();
        assert!(!token.is_cancelled());
        cancellation.cancel();
        assert!(token.is_cancelled());
    }
}
