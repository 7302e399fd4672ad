//! Definitions of types, as a sender writes them: each is a struct that every receiver knows.
//!
//! ```text
//! wireType  ArrayT SliceT StructT MapT GobEncoderT BinaryMarshalerT TextMarshalerT
//! each      CommonType, and of ArrayT: Elem Len, SliceT: Elem, StructT: Field, MapT: Key Elem
//! common    Name Id
//! field     Name Id
//! ```

use bytes::Bytes;

use super::DecodeFault;
use crate::types::Marshaler;
use crate::wire::Reader;

/// A type by the ids of the stream.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) name: Bytes,
    pub(super) shape: Shape,
}

#[derive(Debug)]
pub(super) enum Shape {
    Array { element: i64, length: i64 },
    Slice { element: i64 },
    Map { key: i64, value: i64 },
    Struct { fields: Vec<(Bytes, i64)> },
    Opaque(Marshaler),
}

/// Reads a definition. `pay` is asked for memory before it is taken.
pub(super) fn read(
    reader: &mut Reader,
    id: u32,
    mut pay: impl FnMut(usize) -> Result<(), DecodeFault>,
) -> Result<Received, DecodeFault> {
    let bad = |reason| DecodeFault::BadDefinition { id, reason };
    let mut received = None;
    fields(reader, id, 7, |reader, kind| {
        let mut name = Bytes::new();
        let (mut first, mut second, mut members) = (0, 0, Vec::new());
        let last = [2, 1, 1, 2, 0, 0, 0][kind];
        fields(reader, id, last + 1, |reader, number| {
            match (number, kind) {
                (0, _) => name = common(reader, id)?.0,
                (1, 2) => members = struct_fields(reader, id, &mut pay)?,
                (1, _) => first = reader.int()?,
                _ => second = reader.int()?,
            }
            Ok(())
        })?;
        let shape = match kind {
            0 => Shape::Array { element: first, length: second },
            1 => Shape::Slice { element: first },
            2 => Shape::Struct { fields: members },
            3 => Shape::Map { key: first, value: second },
            4 => Shape::Opaque(Marshaler::Gob),
            5 => Shape::Opaque(Marshaler::Binary),
            _ => Shape::Opaque(Marshaler::Text),
        };
        match received.replace(Received { name, shape }) {
            None => Ok(()),
            Some(_) => Err(bad("as several kinds of type, where one was expected")),
        }
    })?;
    received.ok_or_else(|| bad("as no kind of type"))
}

fn struct_fields(
    reader: &mut Reader,
    id: u32,
    pay: &mut impl FnMut(usize) -> Result<(), DecodeFault>,
) -> Result<Vec<(Bytes, i64)>, DecodeFault> {
    let count = reader.uint()?;
    let mut members = Vec::new();
    for _ in 0..count {
        if reader.is_empty() {
            return Err(DecodeFault::Truncated);
        }
        let (name, ty) = common(reader, id)?;
        if name.is_empty() {
            let reason = "with a field that has no name";
            return Err(DecodeFault::BadDefinition { id, reason });
        }
        // What is not UTF-8 grows, and while it is made, the definition is there twice.
        pay(4 * name.len() + FIELD)?;
        members.push((name, ty));
    }
    Ok(members)
}

/// What a field takes at most, its name apart, until its struct is made.
const FIELD: usize = 256;

/// A name and an id: both what types have in common, and a field of a struct.
fn common(reader: &mut Reader, id: u32) -> Result<(Bytes, i64), DecodeFault> {
    let (mut name, mut of) = (Bytes::new(), 0);
    fields(reader, id, 2, |reader, number| {
        match number {
            0 => name = reader.bytes()?,
            _ => of = reader.int()?,
        }
        Ok(())
    })?;
    Ok((name, of))
}

/// Reads the fields of a struct that has `count` of them.
fn fields(
    reader: &mut Reader,
    id: u32,
    count: usize,
    mut read: impl FnMut(&mut Reader, usize) -> Result<(), DecodeFault>,
) -> Result<(), DecodeFault> {
    let mut next = 0;
    while !reader.is_empty() {
        let delta = reader.uint()?;
        if delta == 0 {
            break;
        }
        let number = usize::try_from(delta).ok().and_then(|delta| (delta - 1).checked_add(next));
        let number = number.filter(|number| *number < count).ok_or({
            let reason = "with a field that definitions do not have";
            DecodeFault::BadDefinition { id, reason }
        })?;
        read(reader, number)?;
        next = number + 1;
    }
    Ok(())
}
