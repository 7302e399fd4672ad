//! Protobuf's `Struct` as JSON, and back, for the messages that have one.
//!
//! ```
//! use hookwright::structs::{json_of, struct_of};
//! use serde_json::json;
//!
//! let props = struct_of(json!({ "from_plugin": true }).as_object().cloned().unwrap_or_default());
//! assert_eq!(json_of(props)["from_plugin"], json!(true));
//! ```

use hookwright_proto::prost_types::value::Kind;
use hookwright_proto::prost_types::{ListValue, Struct, Value as Field};
use serde_json::{Map, Number, Value};

/// The members of a `Struct`. What JSON has no number for becomes `null`.
#[must_use]
pub fn json_of(fields: Struct) -> Map<String, Value> {
    fields.fields.into_iter().map(|(name, field)| (name, value_of(field))).collect()
}

/// The same members as a `Struct`, whose numbers are doubles.
#[must_use]
pub fn struct_of(members: Map<String, Value>) -> Struct {
    Struct { fields: members.into_iter().map(|(name, value)| (name, field_of(value))).collect() }
}

/// A field as JSON.
pub(crate) fn value_of(field: Field) -> Value {
    match field.kind {
        None | Some(Kind::NullValue(_)) => Value::Null,
        Some(Kind::NumberValue(number)) => {
            Number::from_f64(number).map_or(Value::Null, Value::Number)
        }
        Some(Kind::StringValue(text)) => Value::String(text),
        Some(Kind::BoolValue(value)) => Value::Bool(value),
        Some(Kind::StructValue(fields)) => Value::Object(json_of(fields)),
        Some(Kind::ListValue(list)) => {
            Value::Array(list.values.into_iter().map(value_of).collect())
        }
    }
}

/// Any value, whose numbers are doubles.
pub(crate) fn field_of(value: Value) -> Field {
    let kind = match value {
        Value::Null => Kind::NullValue(0),
        Value::Bool(value) => Kind::BoolValue(value),
        Value::Number(number) => Kind::NumberValue(number.as_f64().unwrap_or(f64::NAN)),
        Value::String(text) => Kind::StringValue(text),
        Value::Array(values) => {
            Kind::ListValue(ListValue { values: values.into_iter().map(field_of).collect() })
        }
        Value::Object(members) => Kind::StructValue(struct_of(members)),
    };
    Field { kind: Some(kind) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            (-1e300..1e300).prop_map(|number: f64| Value::from(number)),
            ".{0,8}".prop_map(Value::String),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
                proptest::collection::btree_map(".{0,4}", inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn members_come_back_as_they_went(
            members in proptest::collection::btree_map(".{0,4}", value(), 0..4),
        ) {
            let members: Map<String, Value> = members.into_iter().collect();
            prop_assert_eq!(json_of(struct_of(members.clone())), members);
        }
    }
}
