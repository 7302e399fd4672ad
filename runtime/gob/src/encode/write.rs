//! Values, checked against their types as they are written.

use std::sync::Arc;

use bytes::BytesMut;

use super::error::{EncodeError, EncodeFault};
use super::plan::{Plan, Plans};
use crate::types::Basic;
use crate::value::{Concrete, Struct, Value};
use crate::wire::{put_bytes, put_float, put_int, put_length_before, put_uint};
use crate::{StructType, Type};

/// How deep a value may be nested. Values are written by recursion.
const DEPTH: usize = 500;
/// The longest name of Go's own decoder.
const LONGEST_NAME: usize = 1024;
/// How much memory is kept between values.
const KEPT: usize = 64 << 10;

/// Where a message is put together.
#[derive(Debug, Default)]
pub(super) struct Writer {
    definitions: Vec<u8>,
    body: Vec<u8>,
}

impl Writer {
    /// Writes a value, after the definitions that it needs.
    pub(super) fn message(
        &mut self,
        plans: &mut Plans,
        ty: &Type,
        value: &Value,
        out: &mut BytesMut,
    ) -> Result<(), EncodeError> {
        self.definitions.clear();
        self.body.clear();
        let mut writing = Writing { plans, definitions: &mut self.definitions };
        let id = writing.plans.id(ty, writing.definitions)?;
        put_int(&mut self.body, i64::from(id));
        writing.lone(id, value, 0, &mut self.body)?;
        let mut length = Vec::with_capacity(9);
        put_uint(&mut length, self.body.len() as u64);
        for part in [&self.definitions, &length, &self.body] {
            out.extend_from_slice(part);
        }
        for buffer in [&mut self.definitions, &mut self.body] {
            buffer.clear();
            buffer.shrink_to(KEPT);
        }
        Ok(())
    }
}

/// A value under way.
struct Writing<'a> {
    plans: &'a mut Plans,
    definitions: &'a mut Vec<u8>,
}

impl Writing<'_> {
    /// A value that stands alone: before what is not a struct there is a zero.
    fn lone(
        &mut self,
        id: u32,
        value: &Value,
        depth: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        if !matches!(self.plans.plan(id).map(|plan| &**plan), Some(Plan::Struct { .. })) {
            put_uint(out, 0);
        }
        self.value(id, value, depth, out)
    }

    fn value(
        &mut self,
        id: u32,
        value: &Value,
        depth: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        if let Some(basic) = Basic::of_id(id) {
            return self.basic(basic, value, depth, out);
        }
        if depth >= DEPTH {
            return Err(EncodeFault::TooDeep { limit: DEPTH }.into());
        }
        let plan = self.plans.plan(id).map(Arc::clone).ok_or(EncodeFault::Undefined)?;
        match (&*plan, value) {
            (Plan::Struct { shape, fields }, Value::Struct(value)) => {
                self.structure(id, (shape, fields), value, depth, out)
            }
            (Plan::Slice { element }, Value::List(elements)) => {
                self.list(*element, elements, depth, out)
            }
            (Plan::Array { element, length }, Value::List(elements)) => {
                let (found, expected) = (elements.len(), *length);
                if found as u64 != expected {
                    return Err(EncodeFault::ArrayLength { found, expected }.into());
                }
                self.list(*element, elements, depth, out)
            }
            (Plan::Map { key, value }, Value::Map(pairs)) => {
                self.map((*key, *value), pairs, depth, out)
            }
            (Plan::Opaque { .. }, Value::Opaque(bytes)) => {
                put_bytes(out, bytes);
                Ok(())
            }
            _ => Err(mismatch(value, self.plans.describe(id))),
        }
    }

    fn basic(
        &mut self,
        basic: Basic,
        value: &Value,
        depth: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        match (basic, value) {
            (Basic::Bool, Value::Bool(value)) => put_uint(out, u64::from(*value)),
            (Basic::Int, Value::Int(value)) => put_int(out, *value),
            (Basic::Uint, Value::Uint(value)) => put_uint(out, *value),
            (Basic::Float, Value::Float(value)) => put_float(out, *value),
            (Basic::Complex, Value::Complex(real, imaginary)) => {
                put_float(out, *real);
                put_float(out, *imaginary);
            }
            (Basic::Bytes, Value::Bytes(bytes)) => put_bytes(out, bytes),
            (Basic::String, Value::String(text)) => put_bytes(out, text.as_bytes()),
            (Basic::Interface, Value::Interface(None)) => put_uint(out, 0),
            (Basic::Interface, Value::Interface(Some(held))) => {
                let step = || format!(".({})", held.name);
                return self.interface(held, depth, out).map_err(|fault| fault.within(step));
            }
            _ => return Err(mismatch(value, basic.to_string())),
        }
        Ok(())
    }

    fn interface(
        &mut self,
        held: &Concrete,
        depth: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        if depth >= DEPTH {
            return Err(EncodeFault::TooDeep { limit: DEPTH }.into());
        }
        let length = held.name.len();
        if !(1..=LONGEST_NAME).contains(&length) {
            return Err(EncodeFault::Name { length }.into());
        }
        let id = self.plans.id(&held.ty, self.definitions)?;
        put_bytes(out, held.name.as_bytes());
        put_int(out, i64::from(id));
        let start = out.len();
        self.lone(id, &held.value, depth + 1, out)?;
        put_length_before(out, start);
        Ok(())
    }

    fn structure(
        &mut self,
        id: u32,
        (shape, fields): (&Arc<StructType>, &[u32]),
        value: &Struct,
        depth: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        let mut next = 0;
        let mut field = |this: &mut Self, number: u32, value: &Value, out: &mut Vec<u8>| {
            put_uint(out, u64::from(number - next) + 1);
            next = number + 1;
            let ty = fields.get(number as usize).copied().ok_or(EncodeFault::Undefined)?;
            let step = || format!(".{}", shape.field_name(number).unwrap_or("?"));
            this.value(ty, value, depth + 1, out).map_err(|fault| fault.within(step))
        };
        if Arc::ptr_eq(shape, value.shape()) {
            for (number, value) in value.numbered() {
                field(self, number, value, out)?;
            }
        } else {
            for (number, value) in renumbered(shape, value, || self.plans.describe(id))? {
                field(self, number, value, out)?;
            }
        }
        put_uint(out, 0);
        Ok(())
    }

    fn list(
        &mut self,
        element: u32,
        elements: &[Value],
        depth: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        put_uint(out, elements.len() as u64);
        for (index, value) in elements.iter().enumerate() {
            let step = || format!("[{index}]");
            self.value(element, value, depth + 1, out).map_err(|fault| fault.within(step))?;
        }
        Ok(())
    }

    fn map(
        &mut self,
        (key_type, value_type): (u32, u32),
        pairs: &[(Value, Value)],
        depth: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        put_uint(out, pairs.len() as u64);
        for (index, (key, value)) in pairs.iter().enumerate() {
            let step = || format!("[key {index}]");
            self.value(key_type, key, depth + 1, out).map_err(|fault| fault.within(step))?;
            let step = || match key {
                Value::String(key) => format!("[{key:?}]"),
                _ => format!("[value {index}]"),
            };
            self.value(value_type, value, depth + 1, out).map_err(|fault| fault.within(step))?;
        }
        Ok(())
    }
}

/// The fields of a struct of another type, under the numbers that their names have here.
fn renumbered<'a>(
    shape: &StructType,
    value: &'a Struct,
    expected: impl Fn() -> String,
) -> Result<Vec<(u32, &'a Value)>, EncodeError> {
    let named = value.iter().map(|(name, value)| match shape.index_of(name) {
        Some(number) => Ok((number, value)),
        None => Err(EncodeFault::NoSuchField { field: name.to_owned(), expected: expected() }),
    });
    let mut fields: Vec<_> = named.collect::<Result<_, _>>()?;
    fields.sort_by_key(|(number, _)| *number);
    // A stream may define two fields of one name, of which there is one here.
    fields.dedup_by_key(|(number, _)| *number);
    Ok(fields)
}

fn mismatch(value: &Value, expected: String) -> EncodeError {
    EncodeFault::Mismatch { found: value.sort(), expected }.into()
}
