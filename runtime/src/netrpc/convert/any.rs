//! Values of any type: interfaces of Go, and `google.protobuf.Value`.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use hookwright_gob::{Concrete, Schema, Type, Value};
use serde_json::{Map, Number, Value as Json};

use super::protobuf::{self, Message};

/// Deeper than this nothing is read: it may come from a stranger.
pub(super) const DEPTH: usize = 100;

/// How deep objects and lists are nested in what is written. Each takes up to three messages, with a
/// few around them all, and messages nested deeper than a hundred are not read.
const LEVELS: usize = 30;

/// The types that JSON has in Go's interfaces.
struct Types {
    list: Type,
    map: Type,
}

static TYPES: LazyLock<Types> = LazyLock::new(|| {
    let schema = Schema::new();
    Types { list: schema.slice(&Type::INTERFACE), map: schema.map(&Type::STRING, &Type::INTERFACE) }
});

/// The type of `map[string]any`.
pub(super) fn map_type() -> &'static Type {
    &TYPES.map
}

/// The type of `[]any`.
pub(super) fn list_type() -> &'static Type {
    &TYPES.list
}

/// What JSON says, as a Go program that has decoded it holds it in an interface.
pub(super) fn of_json(json: &Json) -> Value {
    let held = match json {
        Json::Null => return Value::NIL,
        Json::Bool(value) => Concrete::basic(Value::Bool(*value)),
        Json::Number(number) => Concrete::basic(Value::Float(number.as_f64().unwrap_or(0.0))),
        Json::String(text) => Concrete::basic(Value::from(text.as_str())),
        Json::Array(elements) => {
            let elements = elements.iter().map(of_json).collect();
            Some(Concrete::new("[]interface {}", &TYPES.list, Value::List(elements)))
        }
        Json::Object(members) => {
            Some(Concrete::new("map[string]interface {}", &TYPES.map, map_of_json(members)))
        }
    };
    held.map_or(Value::NIL, Value::from)
}

/// An object as a `map[string]any`.
pub(super) fn map_of_json(members: &Map<String, Json>) -> Value {
    let pair = |(name, member): (&String, &Json)| (Value::from(name.as_str()), of_json(member));
    Value::Map(members.iter().map(pair).collect())
}

/// A number that JSON has; there is no NaN in it.
pub(super) fn number(value: f64) -> Json {
    match value.fract() == 0.0 && value.abs() < 9e15 {
        true => Json::Number((value as i64).into()),
        false => Number::from_f64(value).map_or(Json::Null, Json::Number),
    }
}

/// Bytes as JSON has them in Go.
pub(super) fn base64(bytes: &[u8]) -> Json {
    Json::String(BASE64_STANDARD.encode(bytes))
}

/// The bytes that JSON has so.
pub(super) fn unbase64(text: &str) -> Option<Bytes> {
    BASE64_STANDARD.decode(text).ok().map(Bytes::from)
}

/// Writes the fields of a `google.protobuf.Struct`.
pub(super) fn put_struct(members: &Map<String, Json>, out: &mut Vec<u8>) {
    put_members(members, 0, out);
}

fn put_members(members: &Map<String, Json>, level: usize, out: &mut Vec<u8>) {
    for (name, member) in members {
        protobuf::put_message(1, out, |out| {
            protobuf::put_bytes(1, name.as_bytes(), out);
            protobuf::put_message(2, out, |out| put_nested(member, level + 1, out));
        });
    }
}

/// Writes the fields of a `google.protobuf.Value`.
pub(super) fn put_value(json: &Json, out: &mut Vec<u8>) {
    put_nested(json, 0, out);
}

/// What is nested too deep is written as `null`.
fn put_nested(json: &Json, level: usize, out: &mut Vec<u8>) {
    match json {
        Json::Object(_) | Json::Array(_) if level >= LEVELS => protobuf::put_number(1, 0, out),
        Json::Null => protobuf::put_number(1, 0, out),
        Json::Number(number) => {
            protobuf::put_fixed(2, number.as_f64().unwrap_or(0.0).to_bits(), out);
        }
        Json::String(text) => protobuf::put_bytes(3, text.as_bytes(), out),
        Json::Bool(value) => protobuf::put_number(4, (*value).into(), out),
        Json::Object(members) => {
            protobuf::put_message(5, out, |out| put_members(members, level, out))
        }
        Json::Array(elements) => protobuf::put_message(6, out, |out| {
            for element in elements {
                protobuf::put_message(1, out, |out| put_nested(element, level + 1, out));
            }
        }),
    }
}

/// Reads a `google.protobuf.Struct`.
pub(super) fn read_struct(
    bytes: Bytes,
    depth: usize,
) -> Result<Map<String, Json>, prost::DecodeError> {
    let message = Message::read(bytes)?;
    let mut members = Map::new();
    for entry in message.all(1) {
        let entry = Message::read(entry.bytes().unwrap_or_default())?;
        let name = entry.bytes(1).unwrap_or_default();
        let value = read_value(entry.bytes(2).unwrap_or_default(), depth + 1)?;
        members.insert(String::from_utf8_lossy(&name).into_owned(), value);
    }
    Ok(members)
}

/// Reads a `google.protobuf.Value`.
pub(super) fn read_value(bytes: Bytes, depth: usize) -> Result<Json, prost::DecodeError> {
    let message = Message::read(bytes)?;
    if depth > DEPTH {
        return Ok(Json::Null);
    }
    let text = |bytes: Bytes| Json::String(String::from_utf8_lossy(&bytes).into_owned());
    Ok(if let Some(field) = message.get(2) {
        number(f64::from_bits(field.number()))
    } else if let Some(bytes) = message.bytes(3) {
        text(bytes)
    } else if let Some(field) = message.get(4) {
        Json::Bool(field.number() != 0)
    } else if let Some(members) = message.bytes(5) {
        Json::Object(read_struct(members, depth + 1)?)
    } else if let Some(list) = message.bytes(6) {
        let list = Message::read(list)?;
        let element =
            |field: &protobuf::Field| read_value(field.bytes().unwrap_or_default(), depth + 1);
        Json::Array(list.all(1).map(element).collect::<Result<_, _>>()?)
    } else {
        Json::Null
    })
}
