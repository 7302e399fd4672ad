//! What each thread keeps for its next record, and how deep it is in this one.
//!
//! Formatting a field runs code of the user's, and that code may log. Such an inner record is
//! written, before the outer one; what is logged while that one is formatted is dropped, or a
//! `Debug` that logs itself would never come back.

use std::cell::Cell;

use super::fields::Fields;

/// An outer record and one inside it.
const DEEPEST: u8 = 2;

/// A thread does not keep the memory of its largest record for ever.
const LARGEST_KEPT: usize = 16 * 1024;

thread_local! {
    // Without a destructor, so that even the last destructor of a thread can log.
    static DEPTH: Cell<u8> = const { Cell::new(0) };
    static SPARE: Cell<Option<Fields>> = const { Cell::new(None) };
}

/// One level of recording; ends when dropped.
pub(super) struct Recording(());

impl Recording {
    /// `None` when this thread is too deep in a record already.
    pub(super) fn begin() -> Option<Self> {
        let depth = DEPTH.get();
        (depth < DEEPEST).then(|| {
            DEPTH.set(depth + 1);
            Self(())
        })
    }

    /// Runs with this thread's buffer, or with a new one when an outer record has that.
    pub(super) fn with_buffer(&self, work: impl FnOnce(&mut Fields)) {
        let mut fields = SPARE.try_with(Cell::take).ok().flatten().unwrap_or_default();
        work(&mut fields);
        if fields.capacity() <= LARGEST_KEPT {
            let _ = SPARE.try_with(|spare| spare.set(Some(fields)));
        }
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get().saturating_sub(1));
    }
}
