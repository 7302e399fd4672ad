//! Values, made of their parts. All memory is paid for before it is asked for.

use super::DecodeFault;
use super::frame::{Frame, Shape};
use super::machine::Machine;
use crate::limits::Budget;
use crate::value::{Concrete, Struct, Value};

impl Machine {
    pub(super) fn push(&mut self, shape: Shape) -> Result<(), DecodeFault> {
        self.budget.depth(self.frames.len() + 1)?;
        reserve(&mut self.frames, &mut self.budget)?;
        self.frames.push(Frame { start: self.parts.len(), shape });
        Ok(())
    }

    /// Adds a finished value to what it is part of.
    pub(super) fn part(&mut self, value: Value) -> Result<(), DecodeFault> {
        self.budget.element()?;
        reserve(&mut self.parts, &mut self.budget)?;
        let number = match self.frames.last() {
            Some(Frame { shape: Shape::Struct { next, .. }, .. }) => next.saturating_sub(1),
            _ => 0,
        };
        self.parts.push((number, value));
        Ok(())
    }

    /// Makes a value of its parts.
    pub(super) fn finish(&mut self) -> Result<(), DecodeFault> {
        let Some(Frame { start, shape }) = self.frames.pop() else { return Ok(()) };
        let count = self.parts.len() - start;
        let size = match &shape {
            Shape::Struct { .. } => size_of::<(u32, Value)>(),
            Shape::Interface { .. } => size_of::<Concrete>(),
            Shape::List { .. } | Shape::Map { .. } => size_of::<Value>(),
        };
        self.budget.memory(count * size)?;
        let parts = self.parts.drain(start..);
        // Each arm consumes the parts as they are, which makes its vector of exactly their number.
        let value = match shape {
            Shape::Struct { shape, .. } => Value::Struct(Struct::of_fields(shape, parts.collect())),
            Shape::List { .. } => Value::List(parts.map(|(_, value)| value).collect()),
            Shape::Map { .. } => Value::Map(pairs(parts, count / 2)),
            Shape::Interface { name, ty } => {
                let held = ty.zip(parts.last());
                let held = held.map(|(ty, (_, value))| Box::new(Concrete { name, ty, value }));
                Value::Interface(held)
            }
        };
        self.part(value)
    }
}

/// Keys with the values that follow them.
fn pairs(mut parts: impl Iterator<Item = (u32, Value)>, count: usize) -> Vec<(Value, Value)> {
    let mut pairs = Vec::with_capacity(count);
    while let (Some((_, key)), Some((_, value))) = (parts.next(), parts.next()) {
        pairs.push((key, value));
    }
    pairs
}

/// Makes room for one more, paid for.
fn reserve<T>(room: &mut Vec<T>, budget: &mut Budget) -> Result<(), DecodeFault> {
    if room.len() == room.capacity() {
        let more = room.len().max(16);
        budget.memory(more * size_of::<T>())?;
        room.reserve_exact(more);
    }
    Ok(())
}
