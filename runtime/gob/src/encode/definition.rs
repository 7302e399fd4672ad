//! Definitions of types, as every receiver understands them. `decode/definition.rs` says what is in
//! them.

use super::plan::Plan;
use crate::types::{Marshaler, StructType};
use crate::wire::{put_bytes, put_int, put_length_before, put_uint};

/// Writes the message that defines a type. As in Go, fields that are zero are left out.
pub(super) fn write(id: u32, plan: &Plan, out: &mut Vec<u8>) {
    let start = out.len();
    put_int(out, -i64::from(id));
    match plan {
        Plan::Array { element, length } => {
            common(1, "", id, out);
            field(1, *element, out);
            if *length != 0 {
                put_uint(out, 1);
                put_int(out, length.cast_signed());
            }
        }
        Plan::Slice { element } => {
            common(2, "", id, out);
            field(1, *element, out);
        }
        Plan::Struct { shape, fields } => {
            common(3, shape.name(), id, out);
            members(shape, fields, out);
        }
        Plan::Map { key, value } => {
            common(4, "", id, out);
            field(1, *key, out);
            field(1, *value, out);
        }
        Plan::Opaque { name, marshaler } => {
            let kind = match marshaler {
                Marshaler::Gob => 5,
                Marshaler::Binary => 6,
                Marshaler::Text => 7,
            };
            common(kind, name, id, out);
        }
    }
    // The end of the type, and that of the definition.
    out.extend_from_slice(&[0, 0]);
    put_length_before(out, start);
}

/// Begins a type of the kind given, with what all types have in common.
fn common(kind: u64, name: &str, id: u32, out: &mut Vec<u8>) {
    put_uint(out, kind);
    put_uint(out, 1);
    named(name, id, out);
}

/// A name and an id.
fn named(name: &str, id: u32, out: &mut Vec<u8>) {
    match name {
        "" => put_uint(out, 2),
        name => {
            put_uint(out, 1);
            put_bytes(out, name.as_bytes());
            put_uint(out, 1);
        }
    }
    put_int(out, i64::from(id));
    put_uint(out, 0);
}

fn field(delta: u64, id: u32, out: &mut Vec<u8>) {
    put_uint(out, delta);
    put_int(out, i64::from(id));
}

fn members(shape: &StructType, fields: &[u32], out: &mut Vec<u8>) {
    if fields.is_empty() {
        return;
    }
    put_uint(out, 1);
    put_uint(out, fields.len() as u64);
    for (name, id) in shape.field_names().zip(fields) {
        named(name, *id, out);
    }
}
