//! Numbers, texts and bytes, also where the two sides have them as different kinds.

use std::borrow::Cow;

use bytes::Bytes;
use hookwright_gob::Value;
use jiff::Timestamp;

use super::protobuf::{self, Field};
use super::time;
use crate::netrpc::table::{ProtoType, WireType};

/// A text and the number of its enumeration.
const CHANNEL_TYPES: &[(&str, u64)] = &[("O", 1), ("P", 2), ("D", 3), ("G", 4)];
const TEAM_TYPES: &[(&str, u64)] = &[("O", 1), ("I", 2)];

/// Writes one as a field of a message. Zero is left out unless it means something.
pub(super) fn put(number: u32, ty: &ProtoType, optional: bool, value: &Value, out: &mut Vec<u8>) {
    let written = match ty {
        ProtoType::Bool => Field::Number(u64::from(truth(value))),
        ProtoType::Int32 => {
            let number = whole(value).clamp(i32::MIN.into(), i32::MAX.into());
            Field::Number(number.cast_unsigned())
        }
        ProtoType::Int64 => Field::Number(whole(value).cast_unsigned()),
        ProtoType::Uint => {
            let number = value.as_u64().unwrap_or(0).min(u32::MAX.into());
            Field::Number(number)
        }
        ProtoType::String => return put_text(number, optional, &text(value), out),
        ProtoType::Bytes => {
            Field::Bytes(Bytes::copy_from_slice(value.as_bytes().unwrap_or_default()))
        }
        ProtoType::Enum(name) => {
            let text = value.as_str().unwrap_or_default();
            let known = names(name).unwrap_or_default().iter().find(|(known, _)| *known == text);
            Field::Number(known.map_or(0, |(_, number)| *number))
        }
        ProtoType::Message(_) | ProtoType::Map(_) => return,
    };
    match written {
        Field::Bytes(bytes) if optional || !bytes.is_empty() => {
            protobuf::put_bytes(number, &bytes, out);
        }
        Field::Number(value) if optional || value != 0 => {
            protobuf::put_number(number, value, out);
        }
        _ => {}
    }
}

/// Writes a string, with U+FFFD in place of what is not UTF-8: messages have nothing else.
pub(super) fn put_text(number: u32, optional: bool, text: &str, out: &mut Vec<u8>) {
    if optional || !text.is_empty() {
        protobuf::put_bytes(number, text.as_bytes(), out);
    }
}

/// Reads one as a value of Go.
pub(super) fn take(wire: &WireType, ty: &ProtoType, field: &Field) -> Option<Value> {
    let bytes = || field.bytes().unwrap_or_default();
    let text = || String::from_utf8_lossy(&bytes()).into_owned();
    let number = field.number().cast_signed();
    Some(match (wire, ty) {
        (WireType::String, ProtoType::String) => Value::String(bytes().into()),
        (WireType::Bytes, ProtoType::Bytes | ProtoType::String) => Value::Bytes(bytes()),
        (WireType::String, ProtoType::Enum(name)) => {
            let known = names(name)?.iter().find(|(_, known)| *known == field.number());
            known.map_or("", |(text, _)| *text).into()
        }
        (WireType::String, _) => number.to_string().into(),
        (WireType::Bool, ProtoType::String) => Value::Bool(matches!(&*text(), "true" | "1")),
        (WireType::Bool, _) => Value::Bool(number != 0),
        (WireType::Int, ProtoType::String) => Value::Int(text().parse().unwrap_or(0)),
        (WireType::Int, _) => Value::Int(number),
        (WireType::Uint, _) => Value::Uint(field.number()),
        (WireType::Time, _) => {
            Value::Opaque(time::write(Timestamp::from_millisecond(number).ok()?))
        }
        _ => return None,
    })
}

/// The zero of a type.
pub(super) fn zero(wire: &WireType) -> Option<Value> {
    Some(match wire {
        WireType::Bool => Value::Bool(false),
        WireType::Int => Value::Int(0),
        WireType::Uint => Value::Uint(0),
        WireType::Float => Value::Float(0.0),
        WireType::String => "".into(),
        WireType::Bytes => Value::Bytes(Bytes::new()),
        WireType::Interface => Value::NIL,
        WireType::Slice(_) => Value::List(Vec::new()),
        WireType::Map(..) => Value::Map(Vec::new()),
        WireType::Struct(_) | WireType::Time => return None,
    })
}

/// The texts of an enumeration, if it is one that Go has as texts.
pub(super) fn names(enumeration: &str) -> Option<&'static [(&'static str, u64)]> {
    match enumeration {
        "ChannelType" => Some(CHANNEL_TYPES),
        "TeamType" => Some(TEAM_TYPES),
        _ => None,
    }
}

fn truth(value: &Value) -> bool {
    value.as_bool().or_else(|| Some(value.as_i64()? != 0)).unwrap_or(false)
}

fn whole(value: &Value) -> i64 {
    match value {
        Value::String(text) => text.to_str_lossy().parse().unwrap_or(0),
        Value::Opaque(bytes) => time::read(bytes).map_or(0, Timestamp::as_millisecond),
        _ => value.as_i64().unwrap_or(0),
    }
}

fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Bool(true) => "true".into(),
        Value::Int(number) if *number != 0 => number.to_string().into(),
        _ => value.as_str().unwrap_or_default(),
    }
}
