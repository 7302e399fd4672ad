//! The table, made ready: for each struct and its message, how each field is converted.

use std::collections::HashMap;
use std::sync::Arc;

use hookwright_gob::{Marshaler, Schema, StructType, Type, Value};
use serde_json::Value as Json;

use super::any;
use super::json::JsonStructs;
use crate::netrpc::table::{Lacking, Messages, Pair, ProtoField, ProtoType, Row, Table, WireType};

/// All structs that have a message.
#[derive(Debug)]
pub struct Plans {
    pub(super) plans: Vec<Plan>,
    by_pair: HashMap<Pair, usize>,
    pub(super) json: JsonStructs,
}

/// A struct and its message.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) ty: Type,
    pub(super) shape: Arc<StructType>,
    pub(super) fields: Vec<Field>,
    /// What of the message Go has nothing for, and is not silently left out: names and numbers.
    pub(super) refused: Vec<(String, u32)>,
    /// The fields' places in the order of their names.
    by_name: Vec<usize>,
}

impl Plan {
    fn new(
        ty: Type,
        shape: Arc<StructType>,
        fields: Vec<Field>,
        refused: Vec<(String, u32)>,
    ) -> Self {
        let mut by_name: Vec<_> = (0..fields.len()).collect();
        by_name.sort_by_key(|place| fields[*place].name);
        Self { ty, shape, fields, refused, by_name }
    }

    /// The field of a name. `after` is where the field before it was: nearly all come in the order of the
    /// table.
    pub(super) fn named(&self, name: &str, after: &mut usize) -> Option<&Field> {
        let next = self.fields.iter().skip(*after).position(|field| field.name == name);
        let place = next.map(|next| *after + next).or_else(|| {
            let of = |place: &usize| self.fields[*place].name.cmp(name);
            self.by_name.binary_search_by(of).ok().map(|place| self.by_name[place])
        })?;
        *after = place + 1;
        self.fields.get(place)
    }
}

/// A field that both have.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    /// Its name in the message; empty where it has none.
    message_name: &'static str,
    pub(super) ty: Type,
    pub(super) wire: WireType,
    pub(super) proto: ProtoField,
    pub(super) how: How,
    /// Whether it holds the properties of a post, some of which have types of their own.
    pub(super) is_props: bool,
}

/// How a field is converted. Numbers are those of plans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum How {
    /// Numbers, texts and bytes.
    Scalar,
    /// One number in a message of its own, which may be absent.
    Wrapped,
    /// The fields of the inner struct are fields of the outer message.
    Inline(usize),
    Message(usize),
    Messages(usize),
    /// A list of strings; the other side has it so, or as one.
    Strings,
    /// A map from strings to strings.
    StringMap,
    MessageMap(usize),
    /// A map from strings to lists of them.
    ListMap,
    /// The keys of a map from strings to truth values.
    Keys,
    /// A map of interfaces.
    Object,
    /// An interface.
    Any,
    /// An interface that holds an error.
    Error(usize),
    /// A struct that the contract has as JSON.
    Json(&'static str),
    /// JSON that the contract has as a value.
    JsonValue,
    /// The one field of a struct by which it is known.
    Name(&'static str),
    /// Keys and values in turn.
    Pairs,
    /// One of these texts, with `|` between them: one side has the text, the other its place.
    OneOf(&'static str),
    /// A text that means this while a flag of the message is so.
    If {
        flag: u32,
        set: bool,
    },
}

/// What stands in the table before the texts of [`How::OneOf`].
const ONE_OF: &str = "one-of:";

const APP_ERROR: Pair = ("model.AppError", "AppError");

impl Plans {
    /// Makes the table ready.
    ///
    /// # Errors
    ///
    /// The table does not fit the contract.
    pub fn new() -> Result<Self, String> {
        let (Table { structs, json, lacking }, messages) = (Table::read()?, Messages::read()?);
        let schema = Schema::new();
        let time = schema.opaque("Time", Marshaler::Gob);
        let json = JsonStructs::new(json, &schema, &time);
        let pairs: Vec<Pair> = structs.keys().copied().collect();
        let types: Vec<Type> = pairs.iter().map(|_| schema.declare_struct()).collect();
        let by_pair = pairs.iter().copied().zip(0..).collect();
        let building = Building { messages, lacking, by_pair, types, json, schema, time };
        let mut plans = Vec::with_capacity(pairs.len());
        for (pair, ty) in pairs.iter().zip(&building.types) {
            let rows = structs.get(pair).map(Vec::as_slice).unwrap_or_default();
            let fields: Vec<Field> = building.fields(*pair, rows)?;
            let typed = fields.iter().map(|field| (field.name, field.ty.clone()));
            let extra = rows.iter().filter(|row| row.name.is_empty() && row.how.is_empty());
            // What is no field of the message is still one of the struct: ids of streams.
            let extra = extra.filter_map(|row| Some((row.field, building.bare(&row.wire)?)));
            let name = pair.0.rsplit('.').next().unwrap_or(pair.0);
            let defined = building.schema.define_struct(ty, name, typed.chain(extra));
            defined.map_err(|error| error.to_string())?;
            let shape = ty.as_struct().ok_or("a plan is of a struct")?;
            plans.push(Plan::new(ty.clone(), shape, fields, building.refused(pair.1)?));
        }
        building.json.define()?;
        Ok(Self { plans, by_pair: building.by_pair, json: building.json })
    }

    /// The plan of a struct and a message.
    pub fn find(&self, structure: &str, message: &str) -> Option<usize> {
        self.by_pair.get(&(structure, message)).copied()
    }

    /// The plan of what a field holds, or each of its elements, and the number of the field.
    pub(crate) fn within(&self, plan: usize, field: &str) -> Option<(usize, u32)> {
        let field = self.plans[plan].fields.iter().find(|known| known.name == field)?;
        match field.how {
            How::Message(inner) | How::Messages(inner) => Some((inner, field.proto.number)),
            _ => None,
        }
    }

    /// The field of a struct that a field of its message stands for.
    pub(crate) fn field_of(&self, plan: usize, message_field: &str) -> Option<&'static str> {
        let fields = &self.plans[plan].fields;
        fields.iter().find(|field| field.message_name == message_field).map(|field| field.name)
    }

    /// Any value as JSON. What Go left out is not there.
    pub(crate) fn any_json(&self, value: &Value) -> Json {
        self.json.any(value, 0)
    }

    /// The type of a struct.
    pub fn ty(&self, plan: usize) -> &Type {
        &self.plans[plan].ty
    }
}

struct Building {
    messages: Messages,
    lacking: Vec<Lacking>,
    by_pair: HashMap<Pair, usize>,
    types: Vec<Type>,
    json: JsonStructs,
    schema: Schema,
    time: Type,
}

impl Building {
    fn fields(&self, (structure, message): Pair, rows: &[Row]) -> Result<Vec<Field>, String> {
        let mut fields = Vec::with_capacity(rows.len());
        for row in rows.iter().filter(|row| !row.name.is_empty() || row.how == "inline") {
            let place = || format!("{structure}.{} and {message}.{}", row.field, row.name);
            let proto = match row.how {
                "inline" => ProtoField::inline(message),
                _ => {
                    let field = self.messages.field(message, row.name);
                    field.ok_or_else(|| format!("there is no such field: {}", place()))?.clone()
                }
            };
            let how = self.how(row, &proto, message);
            let (how, ty) = how.ok_or_else(|| format!("no way leads between {}", place()))?;
            fields.push(Field {
                name: row.field,
                message_name: row.name,
                ty,
                wire: row.wire.clone(),
                proto,
                how,
                is_props: row.how == "props",
            });
        }
        Ok(fields)
    }

    /// The fields of a message that refuse a call.
    fn refused(&self, message: &str) -> Result<Vec<(String, u32)>, String> {
        let rows = self.lacking.iter().filter(|row| row.is_refused && row.message == message);
        let numbered = rows.map(|row| {
            let name = format!("{message}.{}", row.field);
            match self.messages.field(message, row.field) {
                Some(field) => Ok((name, field.number)),
                None => Err(format!("there is no such field: {name}")),
            }
        });
        numbered.collect()
    }

    /// How a field is converted, and its type as a gob.
    fn how(&self, row: &Row, proto: &ProtoField, message: &str) -> Option<(How, Type)> {
        use {ProtoType as P, WireType as W};
        let repeated = proto.repeated;
        let plan = |structure: &'static str, message: &str| {
            let plan = self.by_pair.get(&(structure, message)).copied()?;
            Some((plan, self.types[plan].clone()))
        };
        let strings = || self.schema.slice(&Type::STRING);
        Some(match (&row.wire, &proto.ty) {
            (W::Struct(name), _) if row.how == "inline" => {
                let (plan, ty) = plan(name, message)?;
                (How::Inline(plan), ty)
            }
            (W::Struct(name), _) if row.how == "json" => {
                (How::Json(name), self.json.structure(name)?.clone())
            }
            (W::Struct(name), P::String) => {
                let field = row.how.strip_prefix("name:")?;
                let field = ["Id", "Name"].into_iter().find(|known| *known == field)?;
                let ty = self.schema.structure(name, [(field, Type::STRING)]).ok()?;
                (How::Name(field), ty)
            }
            (W::Struct(name), P::Message(message)) if !repeated => {
                let (plan, ty) = plan(name, message)?;
                (How::Message(plan), ty)
            }
            (W::Slice(element), P::Message(message)) if repeated => match &**element {
                W::Struct(name) => {
                    let (plan, ty) = plan(name, message)?;
                    (How::Messages(plan), self.schema.slice(&ty))
                }
                W::Interface => (How::Pairs, any::list_type().clone()),
                _ => return None,
            },
            (W::Slice(element), P::String) if **element == W::String => (How::Strings, strings()),
            (W::String, P::String) if repeated => (How::Strings, Type::STRING),
            (W::Map(_, value), P::Map(proto)) => match (&**value, &**proto) {
                (W::String, P::String) => {
                    (How::StringMap, self.schema.map(&Type::STRING, &Type::STRING))
                }
                (W::Struct(name), P::Message(message)) => {
                    let (plan, ty) = plan(name, message)?;
                    (How::MessageMap(plan), self.schema.map(&Type::STRING, &ty))
                }
                (W::Slice(_), P::Message(_)) => {
                    (How::ListMap, self.schema.map(&Type::STRING, &strings()))
                }
                _ => return None,
            },
            (W::Map(_, value), P::String) if **value == W::Bool => {
                (How::Keys, self.schema.map(&Type::STRING, &Type::BOOL))
            }
            (W::Map(_, value), P::Message(_)) if **value == W::Interface => {
                (How::Object, any::map_type().clone())
            }
            (W::Interface, P::Message(name)) if name == "AppError" => {
                (How::Error(plan(APP_ERROR.0, APP_ERROR.1)?.0), Type::INTERFACE)
            }
            (W::Interface, P::Message(_)) => (How::Any, Type::INTERFACE),
            (W::Bytes, P::Message(_)) => (How::JsonValue, Type::BYTES),
            (W::Int, P::Message(_)) => (How::Wrapped, Type::INT),
            (wire @ W::String, P::Int32) | (wire @ W::Bool, P::String)
                if row.how.starts_with(ONE_OF) =>
            {
                (How::OneOf(row.how.strip_prefix(ONE_OF)?), self.bare(wire)?)
            }
            (W::String, P::String) if row.how.contains(':') => {
                let (when, flag) = row.how.split_once(':')?;
                let set = matches!(when, "when");
                if !set && when != "unless" {
                    return None;
                }
                let flag = self.messages.field(message, flag)?.number;
                (How::If { flag, set }, Type::STRING)
            }
            // A flag says nothing of which one.
            (W::String, P::Bool) => return None,
            // The texts of another one would be taken for those of this.
            (W::String, P::Enum(name)) => {
                super::scalar::names(name)?;
                (How::Scalar, Type::STRING)
            }
            (wire, P::Bool | P::Int32 | P::Int64 | P::Uint | P::String | P::Bytes) => {
                (How::Scalar, self.bare(wire)?)
            }
            _ => return None,
        })
    }

    /// The type of a number, a text, bytes or a moment.
    fn bare(&self, wire: &WireType) -> Option<Type> {
        Some(match wire {
            WireType::Bool => Type::BOOL,
            WireType::Int => Type::INT,
            WireType::Uint => Type::UINT,
            WireType::String => Type::STRING,
            WireType::Bytes => Type::BYTES,
            WireType::Time => self.time.clone(),
            _ => return None,
        })
    }
}
