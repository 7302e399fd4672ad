//! Received types, held against the wanted one as Go's decoder does.

use std::sync::OnceLock;

use hookwright_gob::{Mismatch, Type};

/// The type that was found to fit. A stream has one for all calls of a method.
#[derive(Debug, Default)]
pub(super) struct Fitting {
    known: OnceLock<Type>,
}

impl Fitting {
    /// Holds a received type against the one that is wanted, always the same. Fields that this one
    /// does not have may be anything.
    ///
    /// # Errors
    ///
    /// Go would not read it.
    pub(super) fn check(&self, want: &Type, received: &Type) -> Result<(), Mismatch> {
        if self.known.get() == Some(received) {
            return Ok(());
        }
        want.accepts(received)?;
        let _ = self.known.set(received.clone());
        Ok(())
    }
}
