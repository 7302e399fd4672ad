//! From a message to its struct.

use bytes::Bytes;
use hookwright_gob::{Concrete, Struct, Value};
use serde_json::Value as Json;

use super::any;
use super::fault::Fault;
use super::plan::{Field, How, Plans};
use super::protobuf::{self, Message};
use super::scalar;
use crate::netrpc::table::ProtoType;

impl Plans {
    /// The struct that corresponds to an encoded message, of the type [`Plans::ty`]. What is not there
    /// or zero is left out.
    ///
    /// # Errors
    ///
    /// The bytes are no message, or it asks for what Go has nothing for.
    pub fn structure(&self, plan: usize, message: Bytes) -> Result<Struct, Fault> {
        self.fields(plan, &Message::read(message)?)
    }

    pub(super) fn fields(&self, plan: usize, message: &Message) -> Result<Struct, Fault> {
        let plan = &self.plans[plan];
        let is_set = |number: u32| {
            message.all(number).any(|field| field.number() != 0 || field.bytes().is_some())
        };
        if let Some((name, _)) = plan.refused.iter().find(|(_, number)| is_set(*number)) {
            return Err(Fault::Lacking(name.clone()));
        }
        let mut value = Struct::new(&plan.shape);
        for field in &plan.fields {
            if let Some(taken) = self.take(field, message)? {
                set(&mut value, field.name, taken);
            }
        }
        Ok(value)
    }

    /// What a message has for a field.
    pub(super) fn take(&self, field: &Field, message: &Message) -> Result<Option<Value>, Fault> {
        let number = field.proto.number;
        let text =
            |field: &protobuf::Field| Value::String(field.bytes().unwrap_or_default().into());
        let inner = |plan: usize, bytes: Option<Bytes>| {
            self.structure(plan, bytes.unwrap_or_default()).map(Value::from)
        };
        let pairs = |of: &dyn Fn(&Message) -> Result<Value, Fault>| {
            let entries = message.all(number).map(|entry| {
                let entry = Message::read(entry.bytes().unwrap_or_default())?;
                let key = Value::String(entry.bytes(1).unwrap_or_default().into());
                Ok((key, of(&entry)?))
            });
            let pairs = entries.collect::<Result<Vec<_>, Fault>>()?;
            Ok::<_, Fault>((!pairs.is_empty()).then_some(Value::Map(pairs)))
        };
        let list = |elements: Vec<Value>| (!elements.is_empty()).then_some(Value::List(elements));
        Ok(match &field.how {
            How::Scalar => message
                .get(number)
                .and_then(|found| scalar::take(&field.wire, &field.proto.ty, found))
                .filter(|value| field.proto.optional || !value.is_zero()),
            How::If { flag, set } => {
                let is_set = message.get(*flag).is_some_and(|flag| flag.number() != 0);
                message.get(number).map(text).filter(|value| is_set == *set && !value.is_zero())
            }
            How::OneOf(texts) => message.get(number).and_then(|found| match found {
                protobuf::Field::Bytes(text) => {
                    let at = texts.split('|').position(|known| known.as_bytes() == &**text);
                    (at == Some(1)).then_some(Value::Bool(true))
                }
                found => {
                    let at = usize::try_from(found.number()).unwrap_or(usize::MAX);
                    texts.split('|').nth(at).filter(|text| !text.is_empty()).map(Value::from)
                }
            }),
            How::Wrapped => {
                let inner = message.message(number)?;
                inner.map(|inner| {
                    Value::Int(inner.get(1).map_or(0, protobuf::Field::number).cast_signed())
                })
            }
            How::Inline(plan) => {
                let inner = self.fields(*plan, message)?;
                (!inner.is_empty()).then(|| inner.into())
            }
            How::Message(plan) => match message.bytes(number) {
                None => None,
                bytes => Some(inner(*plan, bytes)?),
            },
            How::Messages(plan) => {
                let elements = message.all(number).map(|found| inner(*plan, found.bytes()));
                list(elements.collect::<Result<_, _>>()?)
            }
            How::Strings if field.ty == hookwright_gob::Type::STRING => {
                message.get(number).map(text)
            }
            How::Strings if field.proto.repeated => list(message.all(number).map(text).collect()),
            How::Strings => {
                let joined = message.bytes(number).unwrap_or_default();
                let parts = joined.split(|byte| *byte == b',').filter(|part| !part.is_empty());
                list(parts.map(|part| Value::String(part.to_vec().into())).collect())
            }
            How::StringMap => pairs(&|entry| Ok(entry.get(2).map_or_else(|| "".into(), text)))?,
            How::MessageMap(plan) => pairs(&|entry| inner(*plan, entry.bytes(2)))?,
            How::ListMap => pairs(&|entry| {
                let list = entry.message(2)?.unwrap_or_default();
                Ok(Value::List(list.all(1).map(text).collect()))
            })?,
            How::Keys => {
                let keys = message.all(number).map(|key| (text(key), Value::Bool(true)));
                let keys: Vec<_> = keys.collect();
                (!keys.is_empty()).then_some(Value::Map(keys))
            }
            How::Object => match message.bytes(number) {
                Some(bytes) => {
                    let members = any::read_struct(bytes, 0)?;
                    Some(match field.is_props {
                        true => self.json.props(&members),
                        false => any::map_of_json(&members),
                    })
                }
                None => None,
            },
            How::Any | How::JsonValue => {
                let Some(bytes) = message.bytes(number) else { return Ok(None) };
                let json = match &field.proto.ty {
                    ProtoType::Message(name) if name == "google.Value" => {
                        any::read_value(bytes, 0)?
                    }
                    _ => Json::Object(any::read_struct(bytes, 0)?),
                };
                Some(match field.how {
                    How::Any => any::of_json(&json),
                    _ => Value::Bytes(json.to_string().into()),
                })
            }
            How::Error(plan) => match message.bytes(number) {
                None => None,
                bytes => {
                    let error = inner(*plan, bytes)?;
                    Some(Concrete::new("*model.AppError", self.ty(*plan), error).into())
                }
            },
            How::Json(name) => {
                let json = self.json_of(field, message)?;
                json.and_then(|json| self.json.of_json(name, &json))
            }
            How::Name(name) => {
                let Some(shape) = field.ty.as_struct() else { return Ok(None) };
                let mut named = Struct::new(&shape);
                set(&mut named, name, message.get(number).map_or_else(|| "".into(), text));
                Some(named.into())
            }
            How::Pairs => {
                let mut elements = Vec::new();
                for pair in message.all(number) {
                    let pair = Message::read(pair.bytes().unwrap_or_default())?;
                    let key = Value::String(pair.bytes(1).unwrap_or_default().into());
                    elements.extend(Concrete::basic(key).map(Value::from));
                    let value = any::read_value(pair.bytes(2).unwrap_or_default(), 0)?;
                    elements.push(any::of_json(&as_text(value)));
                }
                list(elements)
            }
        })
    }

    /// The JSON of a field that the contract has so; none if it is empty.
    pub(super) fn json_of(&self, field: &Field, message: &Message) -> Result<Option<Json>, Fault> {
        let bytes = match field.proto.ty {
            ProtoType::Message(_) => {
                message.message(field.proto.number)?.and_then(|wrapper| wrapper.bytes(1))
            }
            _ => message.bytes(field.proto.number),
        };
        Ok(bytes.and_then(|json| serde_json::from_slice(&json).ok()))
    }
}

pub(super) fn set(value: &mut Struct, name: &str, field: Value) {
    if let Err(fault) = value.set(name, field) {
        unreachable!("the type was made of the same table: {fault}");
    }
}

/// What is logged is text to the server; what is text already goes out as it is.
fn as_text(json: Json) -> Json {
    match json {
        Json::String(_) => json,
        Json::Null => Json::String("<nil>".to_owned()),
        other => Json::String(other.to_string()),
    }
}
