//! The types that a stream has defined, made ready to write their values.

use std::collections::HashMap;
use std::sync::Arc;

use super::definition;
use super::error::EncodeFault;
use crate::types::{Basic, Definition, Marshaler, Reference, Repr, StructType, Type};

/// The first id that a sender may give.
const FIRST: u32 = 64;

/// The types of a stream.
#[derive(Debug, Default)]
pub(super) struct Plans {
    ids: HashMap<Type, u32>,
    plans: Vec<(Type, Arc<Plan>)>,
}

/// A type, by the ids of the stream.
#[derive(Debug)]
pub(super) enum Plan {
    Array { element: u32, length: u64 },
    Slice { element: u32 },
    Map { key: u32, value: u32 },
    Struct { shape: Arc<StructType>, fields: Box<[u32]> },
    Opaque { name: Arc<str>, marshaler: Marshaler },
}

impl Plans {
    pub(super) fn len(&self) -> usize {
        self.plans.len()
    }

    /// Forgets the latest types: their definitions were not sent.
    pub(super) fn truncate(&mut self, length: usize) {
        for (ty, _) in self.plans.drain(length..) {
            self.ids.remove(&ty);
        }
    }

    pub(super) fn plan(&self, id: u32) -> Option<&Arc<Plan>> {
        let index = id.checked_sub(FIRST)?;
        self.plans.get(index as usize).map(|(_, plan)| plan)
    }

    /// The type of an id, in the words of an error.
    pub(super) fn describe(&self, id: u32) -> String {
        match (Basic::of_id(id), id.checked_sub(FIRST)) {
            (Some(basic), _) => basic.to_string(),
            (_, Some(index)) => {
                self.plans.get(index as usize).map_or_else(String::new, |(ty, _)| ty.to_string())
            }
            _ => String::new(),
        }
    }

    /// The id of a type. If it is new, its definition and those of its parts are written: the whole
    /// first, then what it is made of.
    pub(super) fn id(&mut self, ty: &Type, out: &mut Vec<u8>) -> Result<u32, EncodeFault> {
        if let Some(id) = self.known(ty) {
            return Ok(id);
        }
        let first = self.plans.len();
        let found = self.number(ty);
        let made: Result<Vec<_>, _> = found.iter().map(|found| self.make(found)).collect();
        let made = made.inspect_err(|_| {
            for (ty, ..) in &found {
                self.ids.remove(ty);
            }
        })?;
        for (number, ((ty, ..), plan)) in (first..).zip(found.into_iter().zip(made)) {
            definition::write(id(number), &plan, out);
            self.plans.push((ty, Arc::new(plan)));
        }
        self.known(ty).ok_or(EncodeFault::Undefined)
    }

    /// Gives ids to a type and its parts, before any is defined, since they refer to each other.
    fn number(&mut self, ty: &Type) -> Vec<Found> {
        let mut waiting = vec![ty.clone()];
        let mut found = Vec::new();
        while let Some(ty) = waiting.pop() {
            let Repr::Defined { arena, index } = &ty.0 else { continue };
            if self.ids.contains_key(&ty) {
                continue;
            }
            self.ids.insert(ty.clone(), id(self.plans.len() + found.len()));
            let definition = arena.definition(*index);
            let parts: Vec<Type> = parts(&definition).map(|part| part.in_arena(arena)).collect();
            waiting.extend(parts.iter().rev().cloned());
            found.push((ty.clone(), definition, parts));
        }
        found
    }

    fn known(&self, ty: &Type) -> Option<u32> {
        match &ty.0 {
            Repr::Basic(basic) => Some(basic.id()),
            Repr::Defined { .. } => self.ids.get(ty).copied(),
        }
    }

    fn make(&self, (_, definition, parts): &Found) -> Result<Plan, EncodeFault> {
        let ids: Option<Box<[u32]>> = parts.iter().map(|part| self.known(part)).collect();
        let ids = ids.ok_or(EncodeFault::Undefined)?;
        Ok(match (definition, &*ids) {
            (Definition::Array { length, .. }, &[element]) => {
                Plan::Array { element, length: *length }
            }
            (Definition::Slice { .. }, &[element]) => Plan::Slice { element },
            (Definition::Map { .. }, &[key, value]) => Plan::Map { key, value },
            (Definition::Struct(shape), _) => {
                Plan::Struct { shape: Arc::clone(shape), fields: ids }
            }
            (Definition::Opaque { name, marshaler }, _) => {
                Plan::Opaque { name: Arc::clone(name), marshaler: *marshaler }
            }
            _ => return Err(EncodeFault::Undefined),
        })
    }
}

/// The id of a type by its place. Memory is at an end long before the ids are.
fn id(place: usize) -> u32 {
    u32::try_from(place).ok().and_then(|place| place.checked_add(FIRST)).unwrap_or(u32::MAX)
}

/// A type, what it is, and the types that it is made of.
type Found = (Type, Definition, Vec<Type>);

fn parts(definition: &Definition) -> impl Iterator<Item = &Reference> {
    let (one, two, fields): (_, _, &[_]) = match definition {
        Definition::Array { element, .. } | Definition::Slice { element } => {
            (Some(element), None, &[])
        }
        Definition::Map { key, value } => (Some(key), Some(value), &[]),
        Definition::Struct(shape) => (None, None, shape.fields()),
        Definition::Opaque { .. } | Definition::Undefined => (None, None, &[]),
    };
    one.into_iter().chain(two).chain(fields.iter().map(|field| &field.reference))
}
