//! How much a sender may make the receiver keep.

use crate::decode::DecodeFault;

/// Bounds on what a [`Decoder`](crate::Decoder) takes. What goes beyond one is refused before memory
/// is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The bytes of one message.
    pub message: usize,
    /// How deep a value may be nested. Values are dropped, copied and compared by recursion, so this
    /// also bounds the stack that they need. An encoder takes 500 levels.
    pub depth: usize,
    /// The values that one value is made of: fields, elements, keys.
    pub elements: usize,
    /// The bytes of memory that one value may take, including the messages that it comes in.
    pub memory: usize,
    /// The types of a stream.
    pub types: usize,
    /// The bytes of memory that the definitions of a stream may take.
    pub type_memory: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message: 64 << 20,
            depth: 400,
            elements: 4 << 20,
            memory: 512 << 20,
            types: 4096,
            type_memory: 8 << 20,
        }
    }
}

/// What one value may still take.
#[derive(Debug)]
pub(crate) struct Budget {
    limits: Limits,
    elements: usize,
    memory: usize,
}

impl Budget {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, elements: limits.elements, memory: limits.memory }
    }

    pub(crate) fn refill(&mut self) {
        *self = Self::new(self.limits);
    }

    /// Pays for memory before it is asked for. What is given back is not paid back.
    pub(crate) fn memory(&mut self, bytes: usize) -> Result<(), DecodeFault> {
        let left = self.memory.checked_sub(bytes);
        self.memory = left.ok_or(DecodeFault::TooMuchMemory { limit: self.limits.memory })?;
        Ok(())
    }

    pub(crate) fn element(&mut self) -> Result<(), DecodeFault> {
        let left = self.elements.checked_sub(1);
        self.elements = left.ok_or(DecodeFault::TooManyElements { limit: self.limits.elements })?;
        Ok(())
    }

    /// Refuses a number of elements that cannot come to a good end.
    pub(crate) fn admit(&self, elements: u64) -> Result<(), DecodeFault> {
        match usize::try_from(elements) {
            Ok(elements) if elements <= self.elements => Ok(()),
            _ => Err(DecodeFault::TooManyElements { limit: self.limits.elements }),
        }
    }

    pub(crate) fn depth(&self, depth: usize) -> Result<(), DecodeFault> {
        match depth <= self.limits.depth {
            true => Ok(()),
            false => Err(DecodeFault::TooDeep { limit: self.limits.depth }),
        }
    }
}
