//! Structs of Go as the JSON that Go makes of them, and back: the contract has some as JSON.

use std::collections::HashMap;

use hookwright_gob::{Concrete, Schema, Struct, Type, Value};
use jiff::Timestamp;
use serde_json::{Map, Value as Json};

use super::any::{self, DEPTH};
use super::time;
use crate::netrpc::table::{Row, WireType};

/// The property that has the attachments of a post.
const ATTACHMENTS: &str = "attachments";

/// What they are, and under which name that is registered.
const ATTACHMENT: &str = "model.SlackAttachment";
const REGISTERED: &str = "[]*model.SlackAttachment";

/// The structs that are known in JSON.
#[derive(Debug)]
pub(super) struct JsonStructs {
    rows: HashMap<&'static str, Vec<Row>>,
    types: HashMap<&'static str, Type>,
    schema: Schema,
    time: Type,
}

impl JsonStructs {
    pub(super) fn new(rows: HashMap<&'static str, Vec<Row>>, schema: &Schema, time: &Type) -> Self {
        let declared = |name: &&'static str| (*name, schema.declare_struct());
        let types = rows.keys().map(declared).collect();
        Self { rows, types, schema: schema.clone(), time: time.clone() }
    }

    /// Gives all structs their fields.
    pub(super) fn define(&self) -> Result<(), String> {
        for (name, rows) in &self.rows {
            let Some(declared) = self.types.get(name) else { continue };
            let fields = rows.iter().map(|row| Some((row.field, self.type_of(&row.wire)?)));
            let fields: Vec<_> = fields.flatten().collect();
            self.schema.define_struct(declared, name, fields).map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    /// The type of a struct.
    pub(super) fn structure(&self, name: &str) -> Option<&Type> {
        self.types.get(name)
    }

    fn type_of(&self, wire: &WireType) -> Option<Type> {
        Some(match wire {
            WireType::Bool => Type::BOOL,
            WireType::Int => Type::INT,
            WireType::Uint => Type::UINT,
            WireType::Float => Type::FLOAT,
            WireType::String => Type::STRING,
            WireType::Bytes => Type::BYTES,
            WireType::Interface => Type::INTERFACE,
            WireType::Time => self.time.clone(),
            WireType::Slice(element) => self.schema.slice(&self.type_of(element)?),
            WireType::Map(key, value) => {
                self.schema.map(&self.type_of(key)?, &self.type_of(value)?)
            }
            WireType::Struct(name) => self.types.get(name)?.clone(),
        })
    }

    /// A struct as an object. What Go left out is written as Go's JSON has it: zero.
    pub(super) fn to_json(&self, name: &str, value: &Value) -> Json {
        self.object(name, value, 0)
    }

    fn object(&self, name: &str, value: &Value, depth: usize) -> Json {
        let Some(rows) = self.rows.get(name) else { return self.any(value, depth) };
        let mut object = Map::new();
        for row in rows.iter().filter(|row| !row.name.is_empty()) {
            let value = value.get(row.field);
            if row.name == "inline" {
                if let (WireType::Struct(name), Some(value)) = (&row.wire, value)
                    && let Json::Object(members) = self.object(name, value, depth + 1)
                {
                    object.extend(members);
                }
                continue;
            }
            let (name, may_be_left_out) = tag(row);
            match value {
                Some(value) if !(may_be_left_out && value.is_zero()) => {
                    object.insert(name.to_owned(), self.value(&row.wire, value, depth + 1));
                }
                None if !may_be_left_out => {
                    object.insert(name.to_owned(), zero(&row.wire));
                }
                _ => {}
            }
        }
        Json::Object(object)
    }

    fn value(&self, wire: &WireType, value: &Value, depth: usize) -> Json {
        match (wire, value) {
            _ if depth > DEPTH => Json::Null,
            (WireType::Struct(name), value) => self.object(name, value, depth),
            (WireType::Slice(element), Value::List(elements)) => {
                elements.iter().map(|value| self.value(element, value, depth + 1)).collect()
            }
            (WireType::Map(_, wire), Value::Map(pairs)) => {
                let pair = |(key, value): &(Value, Value)| {
                    Some((key.as_str()?.into_owned(), self.value(wire, value, depth + 1)))
                };
                Json::Object(pairs.iter().filter_map(pair).collect())
            }
            (WireType::Time, value) => {
                let moment = value.as_bytes().and_then(time::read);
                moment.map_or(Json::Null, |moment| Json::String(moment.to_string()))
            }
            (_, value) => self.any(value, depth),
        }
    }

    /// A value of which nothing is known but what it is. What an interface holds has a name.
    pub(super) fn any(&self, value: &Value, depth: usize) -> Json {
        if depth > DEPTH {
            return Json::Null;
        }
        let within = |value: &Value| self.any(value, depth + 1);
        match value {
            Value::Bool(value) => Json::Bool(*value),
            Value::Int(value) => (*value).into(),
            Value::Uint(value) => (*value).into(),
            Value::Float(value) => any::number(*value),
            Value::Complex(..) | Value::Interface(None) => Json::Null,
            Value::String(text) => Json::String(text.to_str_lossy().into_owned()),
            Value::Bytes(bytes) | Value::Opaque(bytes) => any::base64(bytes),
            Value::List(elements) => elements.iter().map(within).collect(),
            Value::Map(pairs) => {
                let pair = |(key, value): &(Value, Value)| {
                    Some((key.as_str()?.into_owned(), within(value)))
                };
                Json::Object(pairs.iter().filter_map(pair).collect())
            }
            Value::Struct(fields) => {
                fields.iter().map(|(name, value)| (name.to_owned(), within(value))).collect()
            }
            Value::Interface(Some(held)) => self.held(held, depth + 1),
        }
    }

    /// What is registered is a struct, a pointer to one, or a slice of those.
    fn held(&self, held: &Concrete, depth: usize) -> Json {
        let name = held.name.to_str_lossy();
        let structure = name.trim_start_matches(['[', ']', '*']);
        match (&held.value, self.rows.contains_key(structure)) {
            (Value::List(elements), true) => {
                elements.iter().map(|value| self.object(structure, value, depth)).collect()
            }
            (value, true) => self.object(structure, value, depth),
            (value, false) => self.any(value, depth),
        }
    }

    /// The properties of a post as a `map[string]any`. Attachments are of the type that is registered
    /// for them, as far as they are attachments.
    pub(super) fn props(&self, members: &Map<String, Json>) -> Value {
        let pair = |(name, member): (&String, &Json)| {
            let typed = (name == ATTACHMENTS).then(|| self.attachments(member)).flatten();
            (name.as_str().into(), typed.unwrap_or_else(|| any::of_json(member)))
        };
        Value::Map(members.iter().map(pair).collect())
    }

    fn attachments(&self, json: &Json) -> Option<Value> {
        let elements = json.as_array()?.iter().map(|json| self.of_json(ATTACHMENT, json));
        let elements = Value::List(elements.collect::<Option<_>>()?);
        let ty = self.schema.slice(self.types.get(ATTACHMENT)?);
        Some(Concrete::new(REGISTERED, &ty, elements).into())
    }

    /// An object as a struct. What the struct does not have is left out, and so is what is `null`.
    pub(super) fn of_json(&self, name: &str, json: &Json) -> Option<Value> {
        let (rows, members) = (self.rows.get(name)?, json.as_object()?);
        let mut value = Struct::new(&self.types.get(name)?.as_struct()?);
        for row in rows.iter().filter(|row| !row.name.is_empty()) {
            let field = match (row.name, &row.wire) {
                ("inline", WireType::Struct(name)) => self.of_json(name, json),
                _ => members.get(tag(row).0).and_then(|json| self.value_of_json(&row.wire, json)),
            };
            if let Some(field) = field {
                value.set(row.field, field).ok()?;
            }
        }
        Some(value.into())
    }

    fn value_of_json(&self, wire: &WireType, json: &Json) -> Option<Value> {
        Some(match (wire, json) {
            (WireType::Interface, json) => any::of_json(json),
            (_, Json::Null) => return None,
            (WireType::Bool, json) => Value::Bool(json.as_bool()?),
            (WireType::Int, json) => Value::Int(json.as_i64()?),
            (WireType::Uint, json) => Value::Uint(json.as_u64()?),
            (WireType::Float, json) => Value::Float(json.as_f64()?),
            (WireType::String, json) => json.as_str()?.into(),
            (WireType::Bytes, json) => Value::Bytes(any::unbase64(json.as_str()?)?),
            (WireType::Time, json) => {
                Value::Opaque(time::write(json.as_str()?.parse::<Timestamp>().ok()?))
            }
            (WireType::Struct(name), json) => self.of_json(name, json)?,
            (WireType::Slice(element), json) => {
                let elements = json.as_array()?.iter();
                Value::List(
                    elements
                        .map(|json| self.value_of_json(element, json))
                        .collect::<Option<_>>()?,
                )
            }
            (WireType::Map(_, wire), json) => {
                let pair = |(key, json): (&String, &Json)| {
                    Some((Value::from(key.as_str()), self.value_of_json(wire, json)?))
                };
                Value::Map(json.as_object()?.iter().map(pair).collect::<Option<_>>()?)
            }
        })
    }

    /// Changes a received struct as the JSON of it was changed; the rest stays as it is.
    pub(super) fn overlay(&self, name: &str, value: &mut Struct, before: &Json, after: &Json) {
        let Some(rows) = self.rows.get(name) else { return };
        for row in rows.iter().filter(|row| !row.name.is_empty()) {
            if let ("inline", WireType::Struct(name)) = (row.name, &row.wire) {
                if let Some(Value::Struct(inner)) = value.get_mut(row.field) {
                    self.overlay(name, inner, before, after);
                }
                continue;
            }
            let (before, after) = (before.get(tag(row).0), after.get(tag(row).0));
            let (Some(after), true) = (after, before != after) else { continue };
            match (&row.wire, value.get_mut(row.field), before) {
                (WireType::Struct(name), Some(Value::Struct(inner)), Some(before)) => {
                    self.overlay(name, inner, before, after);
                }
                _ => match self.value_of_json(&row.wire, after) {
                    Some(changed) => {
                        // An older server may lack the field.
                        let _ = value.set(row.field, changed);
                    }
                    // The value may be a secret.
                    None => tracing::warn!(
                        of = name,
                        field = row.field,
                        "a handler's change is not taken: it is no value of this field"
                    ),
                },
            }
        }
    }
}

/// The name that a tag gives, and whether the field is left out when it is zero.
fn tag(row: &Row) -> (&'static str, bool) {
    let (name, options) = row.name.split_once(',').unwrap_or((row.name, ""));
    (if name.is_empty() { row.field } else { name }, options.contains("omit"))
}

fn zero(wire: &WireType) -> Json {
    match wire {
        WireType::Bool => Json::Bool(false),
        WireType::Int | WireType::Uint | WireType::Float => Json::from(0),
        WireType::String | WireType::Bytes => Json::from(""),
        WireType::Slice(_) => Json::Array(Vec::new()),
        WireType::Map(..) => Json::Object(Map::new()),
        WireType::Interface | WireType::Struct(_) | WireType::Time => Json::Null,
    }
}
