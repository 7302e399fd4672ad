//! The parser: a stack of what is under way, so that a value may stop at the end of a message and go
//! on with the next one, and so that no nesting is too deep for the thread.

use std::sync::Arc;

use super::DecodeFault;
use super::frame::{Frame, Shape};
use super::types::Types;
use crate::limits::Budget;
use crate::types::{Basic, Definition, Reference};
use crate::value::Value;
use crate::wire::Reader;
use crate::{Limits, StructType};

/// What the longest name of Go's own decoder is.
const LONGEST_NAME: usize = 1024;
/// How many values are kept room for between values.
const KEPT: usize = 1024;

#[derive(Debug)]
pub(super) struct Machine {
    pub(super) frames: Vec<Frame>,
    /// The finished parts of all that is under way, each with the number of its field.
    pub(super) parts: Vec<(u32, Value)>,
    pub(super) budget: Budget,
}

/// What a step has come to.
enum Step {
    Goes,
    /// The rest is in the next message.
    Waits,
}

impl Machine {
    pub(super) fn new(limits: Limits) -> Self {
        Self { frames: Vec::new(), parts: Vec::new(), budget: Budget::new(limits) }
    }

    /// Before the first message of a value.
    pub(super) fn begin(&mut self) {
        self.budget.refill();
        self.clear();
    }

    pub(super) fn clear(&mut self) {
        self.frames.clear();
        self.parts.clear();
        self.frames.shrink_to(KEPT);
        self.parts.shrink_to(KEPT);
    }

    /// Pays for a message, which lives as long as what is read from it.
    pub(super) fn keep(&mut self, message: &Reader) -> Result<(), DecodeFault> {
        self.budget.memory(message.left())
    }

    /// Begins a value that has its own type id.
    pub(super) fn body(
        &mut self,
        reference: &Reference,
        reader: &mut Reader,
        types: &Types,
    ) -> Result<(), DecodeFault> {
        let is_struct = matches!(
            reference,
            Reference::Here(index) if matches!(types.definition(*index), Definition::Struct(_))
        );
        if !is_struct {
            let found = reader.uint()?;
            if found != 0 {
                return Err(DecodeFault::NotZero { found });
            }
        }
        self.value(reference, reader, types)
    }

    /// Goes on until the outermost value is complete, or waits for a message.
    pub(super) fn run(
        &mut self,
        reader: &mut Reader,
        types: &mut Types,
    ) -> Result<Option<Value>, DecodeFault> {
        while let Some(frame) = self.frames.last_mut() {
            let next = match &mut frame.shape {
                Shape::Struct { shape, next } => field(shape, next, reader)?,
                Shape::List { left: 0, .. } | Shape::Map { left: 0, .. } => None,
                // Else elements that are structs could go on for ever: the end of a message is also
                // the end of a struct.
                Shape::List { .. } | Shape::Map { .. } if reader.is_empty() => {
                    return Err(DecodeFault::Truncated);
                }
                Shape::List { element, left } => {
                    *left -= 1;
                    Some(element.clone())
                }
                Shape::Map { key, value, left } => {
                    *left -= 1;
                    Some(if *left % 2 == 1 { key.clone() } else { value.clone() })
                }
                Shape::Interface { ty: Some(_), .. } => None,
                Shape::Interface { .. } => match self.interface(reader, types)? {
                    Step::Goes => continue,
                    Step::Waits => return Ok(None),
                },
            };
            match next {
                Some(part) => self.value(&part, reader, types)?,
                None => self.finish()?,
            }
        }
        let value = self.parts.pop().map(|(_, value)| value);
        self.clear();
        Ok(value)
    }

    /// Begins a value, and finishes it if it has no parts.
    fn value(
        &mut self,
        reference: &Reference,
        reader: &mut Reader,
        types: &Types,
    ) -> Result<(), DecodeFault> {
        let index = match reference {
            Reference::Basic(Basic::Interface) => return self.name(reader),
            Reference::Basic(basic) => {
                let value = scalar(*basic, reader)?;
                return self.part(value);
            }
            Reference::Here(index) => *index,
            // A stream knows of no other.
            Reference::Elsewhere(_) => return Err(DecodeFault::UnknownType { id: 0 }),
        };
        let shape = match types.definition(index) {
            Definition::Undefined => return Err(types.undefined(index)),
            Definition::Opaque { .. } => {
                let bytes = reader.bytes()?;
                return self.part(Value::Opaque(bytes));
            }
            Definition::Struct(shape) => Shape::Struct { shape: Arc::clone(shape), next: 0 },
            Definition::Array { element, length } => {
                let (found, expected) = (reader.uint()?, *length);
                if found != expected {
                    return Err(DecodeFault::ArrayLength { found, expected });
                }
                self.budget.admit(found)?;
                Shape::List { element: element.clone(), left: found }
            }
            Definition::Slice { element } => {
                let left = reader.uint()?;
                self.budget.admit(left)?;
                Shape::List { element: element.clone(), left }
            }
            Definition::Map { key, value } => {
                let pairs = reader.uint()?;
                let left = pairs.saturating_mul(2);
                self.budget.admit(left)?;
                Shape::Map { key: key.clone(), value: value.clone(), left }
            }
        };
        self.push(shape)
    }

    /// Begins an interface.
    fn name(&mut self, reader: &mut Reader) -> Result<(), DecodeFault> {
        let name = reader.bytes()?;
        match name.len() {
            0 => self.part(Value::NIL),
            1..=LONGEST_NAME => self.push(Shape::Interface { name: name.into(), ty: None }),
            length => Err(DecodeFault::NameTooLong { length }),
        }
    }

    /// Goes on with an interface after its name: definitions, a type id, a length, and the value.
    fn interface(&mut self, reader: &mut Reader, types: &mut Types) -> Result<Step, DecodeFault> {
        if reader.is_empty() {
            return Ok(Step::Waits);
        }
        let id = reader.int()?;
        if id < 0 {
            types.define(id.wrapping_neg(), reader)?;
            if !reader.is_empty() {
                // The length of what follows within the interface. It is of no use.
                reader.uint()?;
            }
            return Ok(Step::Goes);
        }
        // The length of the value, or of its start, if definitions cut it. It is of no use either.
        reader.uint()?;
        let reference = types.of_id(id)?;
        if let Some(Frame { shape: Shape::Interface { ty, .. }, .. }) = self.frames.last_mut() {
            *ty = Some(types.public(&reference));
        }
        self.body(&reference, reader, types)?;
        Ok(Step::Goes)
    }
}

/// The type of the next field of a struct, if there is one.
fn field(
    shape: &StructType,
    next: &mut u32,
    reader: &mut Reader,
) -> Result<Option<Reference>, DecodeFault> {
    // Go takes the end of a message for the end of the struct.
    if reader.is_empty() {
        return Ok(None);
    }
    let delta = reader.uint()?;
    let Some(skipped) = delta.checked_sub(1) else { return Ok(None) };
    let number = u32::try_from(skipped).ok().and_then(|skipped| next.checked_add(skipped));
    match number.and_then(|number| Some((number, shape.field(number)?))) {
        Some((number, field)) => {
            *next = number + 1;
            Ok(Some(field.reference.clone()))
        }
        None => {
            let (structure, fields) = (shape.name().to_owned(), shape.len());
            Err(DecodeFault::NoSuchField { structure, fields })
        }
    }
}

fn scalar(basic: Basic, reader: &mut Reader) -> Result<Value, DecodeFault> {
    Ok(match basic {
        Basic::Bool => Value::Bool(reader.uint()? != 0),
        Basic::Int => Value::Int(reader.int()?),
        Basic::Uint => Value::Uint(reader.uint()?),
        Basic::Float => Value::Float(reader.float()?),
        Basic::Complex => Value::Complex(reader.float()?, reader.float()?),
        Basic::Bytes => Value::Bytes(reader.bytes()?),
        Basic::String => Value::String(reader.bytes()?.into()),
        Basic::Interface => Value::NIL,
    })
}
