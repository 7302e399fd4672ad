//! The types of a stream.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;

use super::DecodeFault;
use super::definition::{self, Shape};
use crate::Limits;
use crate::types::{Arena, Basic, Definition, Field, Reference, StructType, Type};
use crate::wire::Reader;

/// What a definition takes, its fields apart: in the table, in the arena, and in the map of ids.
const DEFINITION: usize = 512;
/// The ids that senders may give.
const IDS: std::ops::RangeInclusive<i64> = 64..=i32::MAX as i64;

/// What has been defined, and what is mentioned and to be defined yet.
#[derive(Debug)]
pub(super) struct Types {
    limits: Limits,
    memory: usize,
    arena: Arc<Arena>,
    /// As in the arena, to be read without its lock.
    definitions: Vec<Definition>,
    /// The index of each id of the stream.
    indices: HashMap<u32, u32>,
    /// The id of each index.
    ids: Vec<u32>,
}

impl Types {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            memory: limits.type_memory,
            arena: Arc::default(),
            definitions: Vec::new(),
            indices: HashMap::new(),
            ids: Vec::new(),
        }
    }

    /// The type of a value that follows.
    pub(super) fn of_id(&self, id: i64) -> Result<Reference, DecodeFault> {
        let unknown = DecodeFault::UnknownType { id };
        let Ok(id) = u32::try_from(id) else { return Err(unknown) };
        match (Basic::of_id(id), self.indices.get(&id)) {
            (Some(basic), _) => Ok(Reference::Basic(basic)),
            (_, Some(index)) => Ok(Reference::Here(*index)),
            _ => Err(unknown),
        }
    }

    pub(super) fn definition(&self, index: u32) -> &Definition {
        self.definitions.get(index as usize).unwrap_or(&Definition::Undefined)
    }

    /// That a value is of a type which was mentioned and never defined.
    pub(super) fn undefined(&self, index: u32) -> DecodeFault {
        let id = self.ids.get(index as usize).map_or(0, |id| i64::from(*id));
        DecodeFault::UnknownType { id }
    }

    pub(super) fn public(&self, reference: &Reference) -> Type {
        reference.in_arena(&self.arena)
    }

    /// Reads the definition of an id.
    pub(super) fn define(&mut self, id: i64, reader: &mut Reader) -> Result<(), DecodeFault> {
        let reserved = DecodeFault::ReservedType { id };
        let id = u32::try_from(id).ok().filter(|_| IDS.contains(&id)).ok_or(reserved)?;
        let known = self.indices.get(&id).map(|index| self.definition(*index));
        if !matches!(known, None | Some(Definition::Undefined)) {
            return Err(DecodeFault::DefinedTwice { id });
        }
        let received = definition::read(reader, id, |bytes| self.pay(bytes))?;
        self.pay(4 * received.name.len())?;
        let definition = self.definition_of(id, &received.name, received.shape)?;
        let index = self.index(id)?;
        if let Some(place) = self.definitions.get_mut(index as usize) {
            *place = definition.clone();
            self.arena.define(index, definition);
        }
        Ok(())
    }

    fn definition_of(
        &mut self,
        id: u32,
        name: &Bytes,
        shape: Shape,
    ) -> Result<Definition, DecodeFault> {
        let bad = |reason| DecodeFault::BadDefinition { id, reason };
        let name = String::from_utf8_lossy(name);
        Ok(match shape {
            Shape::Array { element, length } => Definition::Array {
                element: self.part(id, element)?,
                length: length.try_into().map_err(|_| bad("as an array of negative length"))?,
            },
            Shape::Slice { element } => Definition::Slice { element: self.part(id, element)? },
            Shape::Map { key, value } => {
                Definition::Map { key: self.part(id, key)?, value: self.part(id, value)? }
            }
            Shape::Struct { fields } => {
                let mut made = Vec::with_capacity(fields.len());
                for (field, ty) in fields {
                    let reference = self.part(id, ty)?;
                    let name = String::from_utf8_lossy(&field).into();
                    made.push(Field { name, reference });
                }
                Definition::Struct(Arc::new(StructType::new(name.into(), made.into())))
            }
            Shape::Opaque(marshaler) => Definition::Opaque { name: name.into(), marshaler },
        })
    }

    /// A type that another is made of. Its definition may follow.
    fn part(&mut self, whole: u32, id: i64) -> Result<Reference, DecodeFault> {
        let number = u32::try_from(id).unwrap_or(0);
        if let Some(basic) = Basic::of_id(number) {
            return Ok(Reference::Basic(basic));
        }
        if !IDS.contains(&id) {
            let reason = "by a type id that no type has";
            return Err(DecodeFault::BadDefinition { id: whole, reason });
        }
        self.index(number).map(Reference::Here)
    }

    /// Where a type is, or will be.
    fn index(&mut self, id: u32) -> Result<u32, DecodeFault> {
        if let Some(index) = self.indices.get(&id) {
            return Ok(*index);
        }
        if self.definitions.len() >= self.limits.types {
            return Err(DecodeFault::TooManyTypes { limit: self.limits.types });
        }
        self.pay(DEFINITION)?;
        self.definitions.push(Definition::Undefined);
        let index = self.arena.push(Definition::Undefined);
        self.indices.insert(id, index);
        self.ids.push(id);
        Ok(index)
    }

    fn pay(&mut self, bytes: usize) -> Result<(), DecodeFault> {
        let left = self.memory.checked_sub(bytes);
        self.memory = left.ok_or(DecodeFault::TypesTooLarge { limit: self.limits.type_memory })?;
        Ok(())
    }
}
