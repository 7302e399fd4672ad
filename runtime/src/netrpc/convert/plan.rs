//! The table, made ready: for each struct and its message, how each field is converted. `building.rs`
//! makes it so.

use std::collections::HashMap;
use std::sync::Arc;

use hookwright_gob::{StructType, Type, Value};
use serde_json::Value as Json;

use super::json::JsonStructs;
use crate::netrpc::table::{Pair, ProtoField, WireType};

/// All structs that have a message.
#[derive(Debug)]
pub struct Plans {
    pub(super) plans: Vec<Plan>,
    pub(super) by_pair: HashMap<Pair, usize>,
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
    pub(super) fn new(
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
    pub(super) message_name: &'static str,
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

impl Plans {
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
