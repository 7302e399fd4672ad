//! What a plugin left behind, dropped without harm to anyone else.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// A value of a plugin's. Should it panic while it is dropped, that ends there; the panic hook tells
/// of it.
pub(crate) struct DropCaught<T>(pub(crate) Option<T>);

impl<T> Drop for DropCaught<T> {
    fn drop(&mut self) {
        let value = self.0.take();
        let _ = catch_unwind(AssertUnwindSafe(|| drop(value)));
    }
}
