//! Making the table ready: which way leads between a field of Go and one of the contract.

use std::collections::HashMap;

use hookwright_gob::{Marshaler, Schema, Type};

use super::json::JsonStructs;
use super::plan::{Field, How, Plan, Plans};
use super::{any, scalar};
use crate::netrpc::table::{Lacking, Messages, Pair, ProtoField, ProtoType, Row, Table, WireType};

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
                scalar::names(name)?;
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
