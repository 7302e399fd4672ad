//! From a struct to its message.

use hookwright_gob::{Struct, Value};
use serde_json::Value as Json;

use super::any;
use super::plan::{Field, How, Plans};
use super::{protobuf, scalar};
use crate::netrpc::table::ProtoType;

/// As much as most messages take.
const USUAL: usize = 512;

impl Plans {
    /// The encoded message that corresponds to a struct. What the message has no field for stays
    /// behind.
    pub fn message(&self, plan: usize, value: &Value) -> Vec<u8> {
        let mut out = Vec::with_capacity(USUAL);
        if let Some(value) = value.as_struct() {
            self.put_fields(plan, value, &mut out);
        }
        out
    }

    pub(super) fn put_fields(&self, plan: usize, value: &Struct, out: &mut Vec<u8>) {
        // Most fields are not there: those that are, are looked for in the plan.
        let mut after = 0;
        for (name, value) in value.iter() {
            if let Some(field) = self.plans[plan].named(name, &mut after) {
                self.put(field, value, out);
            }
        }
    }

    fn put(&self, field: &Field, value: &Value, out: &mut Vec<u8>) {
        let number = field.proto.number;
        let structure = |plan: usize, number: u32, value: &Value, out: &mut Vec<u8>| {
            protobuf::put_message(number, out, |out| {
                if let Some(value) = value.as_struct() {
                    self.put_fields(plan, value, out);
                }
            });
        };
        let text = |number: u32, value: &Value, out: &mut Vec<u8>| {
            scalar::put_text(number, true, &value.as_str().unwrap_or_default(), out);
        };
        let entry = |key: &Value, out: &mut Vec<u8>, write: &dyn Fn(&mut Vec<u8>)| {
            protobuf::put_message(number, out, |out| {
                text(1, key, out);
                write(out);
            });
        };
        match &field.how {
            How::Scalar => {
                scalar::put(number, &field.proto.ty, field.proto.optional, value, out);
            }
            How::OneOf(texts) => match value {
                Value::Bool(second) => {
                    let text = texts.split('|').nth(usize::from(*second)).unwrap_or_default();
                    scalar::put_text(number, false, text, out);
                }
                value => {
                    let text = value.as_str().unwrap_or_default();
                    match texts.split('|').position(|known| known == text) {
                        None | Some(0) => {}
                        Some(at) => protobuf::put_number(number, at as u64, out),
                    }
                }
            },
            How::If { flag, set } if !value.is_zero() => {
                text(number, value, out);
                protobuf::put_number(*flag, u64::from(*set), out);
            }
            How::If { .. } => {}
            How::Wrapped => protobuf::put_message(number, out, |out| {
                scalar::put(1, &ProtoType::Int64, false, value, out);
            }),
            How::Inline(plan) => {
                if let Some(value) = value.as_struct() {
                    self.put_fields(*plan, value, out);
                }
            }
            How::Message(plan) => structure(*plan, number, value, out),
            How::Messages(plan) => {
                for element in value.as_list().unwrap_or_default() {
                    structure(*plan, number, element, out);
                }
            }
            How::Strings => match value.as_list() {
                Some(elements) if field.proto.repeated => {
                    elements.iter().for_each(|element| text(number, element, out));
                }
                Some(elements) => {
                    let elements: Vec<_> = elements.iter().filter_map(Value::as_str).collect();
                    scalar::put_text(number, false, &elements.join(","), out);
                }
                None if !value.is_zero() => text(number, value, out),
                None => {}
            },
            How::StringMap => {
                for (key, value) in value.as_map().unwrap_or_default() {
                    entry(key, out, &|out| text(2, value, out));
                }
            }
            How::MessageMap(plan) => {
                for (key, value) in value.as_map().unwrap_or_default() {
                    entry(key, out, &|out| structure(*plan, 2, value, out));
                }
            }
            How::ListMap => {
                for (key, value) in value.as_map().unwrap_or_default() {
                    let list = value.as_list().unwrap_or_default();
                    entry(key, out, &|out| {
                        protobuf::put_message(2, out, |out| {
                            list.iter().for_each(|element| text(1, element, out));
                        });
                    });
                }
            }
            How::Keys => {
                let pairs = value.as_map().unwrap_or_default().iter();
                let held = pairs.filter(|(_, value)| value.as_bool() == Some(true));
                held.for_each(|(key, _)| text(number, key, out));
            }
            How::Object | How::Any => {
                let json = self.json.any(value, 0);
                protobuf::put_message(number, out, |out| match (&field.proto.ty, json) {
                    (ProtoType::Message(name), json) if name == "google.Value" => {
                        any::put_value(&json, out);
                    }
                    (_, Json::Object(members)) => any::put_struct(&members, out),
                    _ => {}
                });
            }
            How::JsonValue => {
                let json = value.as_bytes().and_then(|json| serde_json::from_slice(json).ok());
                let json: Json = json.unwrap_or_default();
                protobuf::put_message(number, out, |out| any::put_value(&json, out));
            }
            How::Error(plan) => self.put_error(*plan, number, value, out),
            How::Json(name) => {
                let json = self.json.to_json(name, value).to_string();
                match field.proto.ty {
                    ProtoType::Message(_) => protobuf::put_message(number, out, |out| {
                        protobuf::put_bytes(1, json.as_bytes(), out);
                    }),
                    _ => protobuf::put_bytes(number, json.as_bytes(), out),
                }
            }
            How::Name(name) => text(number, value.get(name).unwrap_or(&Value::NIL), out),
            How::Pairs => {
                for pair in value.as_list().unwrap_or_default().chunks(2) {
                    protobuf::put_message(number, out, |out| {
                        text(1, &pair[0], out);
                        let json = pair.get(1).map_or(Json::Null, |value| self.json.any(value, 0));
                        protobuf::put_message(2, out, |out| any::put_value(&json, out));
                    });
                }
            }
        }
    }

    /// An error that an interface holds: one of the server's own, or one of which only the text was
    /// sent.
    fn put_error(&self, plan: usize, number: u32, value: &Value, out: &mut Vec<u8>) {
        let Some(error) = value.as_struct() else { return };
        protobuf::put_message(number, out, |out| match error.get("Err") {
            Some(text) => {
                let text = text.as_str().unwrap_or_default();
                for (name, value) in
                    [("Id", &*text), ("Message", &*text), ("DetailedError", &*text)]
                {
                    let of = self.plans[plan].fields.iter().find(|field| field.name == name);
                    if let Some(field) = of {
                        self.put(field, &value.into(), out);
                    }
                }
                if let Some(field) = self.plans[plan].fields.iter().find(|f| f.name == "StatusCode")
                {
                    self.put(field, &Value::Int(500), out);
                }
            }
            None => self.put_fields(plan, error, out),
        });
    }
}
