//! What becomes of a value in a variable of Go that is sent again.

use hookwright_gob::{Basic, Concrete, Struct, Type, Value};

use super::generate::Shape;

/// The value as Go sends it: without fields that are zero, arrays and structs apart, which it sends
/// even where they were absent.
pub(crate) fn value(shape: &Shape, ty: &Type, given: Option<&Value>) -> Value {
    let part = |shape: &Shape, given: Option<&Value>| value(shape, &ty.element().unwrap(), given);
    match (shape, given) {
        (Shape::Array(shape, length), given) => {
            let elements = given.and_then(Value::as_list).unwrap_or_default();
            let lengths = 0..usize::from(*length);
            Value::List(lengths.map(|index| part(shape, elements.get(index))).collect())
        }
        (Shape::Slice(shape), Some(Value::List(elements))) => {
            Value::List(elements.iter().map(|element| part(shape, Some(element))).collect())
        }
        (Shape::Map(_, shape), Some(Value::Map(pairs))) => {
            let pair = |(key, value): &(Value, Value)| (key.clone(), part(shape, Some(value)));
            Value::Map(pairs.iter().map(pair).collect())
        }
        (Shape::Struct(shapes), given) => {
            let mut made = Struct::new(&ty.as_struct().unwrap());
            for (index, shape) in shapes.iter().enumerate() {
                let name = format!("F{index}");
                let given = given.and_then(|given| given.get(&name));
                let value = value(shape, &ty.field(&name).unwrap(), given);
                let is_sent = match shape {
                    Shape::Array(..) | Shape::Struct(_) => true,
                    // Go tells an empty map from a nil one.
                    Shape::Map(..) => given.is_some(),
                    _ => !value.is_zero(),
                };
                if is_sent {
                    made.set(&name, value).unwrap();
                }
            }
            made.into()
        }
        (_, Some(given)) => given.clone(),
        (Shape::Basic(basic), None) => zero(*basic),
        (Shape::Opaque, None) => Value::Opaque(bytes::Bytes::new()),
        (Shape::Slice(_), None) => Value::List(Vec::new()),
        (Shape::Map(..), None) => Value::Map(Vec::new()),
    }
}

fn zero(basic: Basic) -> Value {
    match basic {
        Basic::Bool => Value::Bool(false),
        Basic::Int => Value::Int(0),
        Basic::Uint => Value::Uint(0),
        Basic::Float => Value::Float(0.0),
        Basic::Bytes => Value::Bytes(bytes::Bytes::new()),
        Basic::String => Value::from(""),
        Basic::Complex => Value::Complex(0.0, 0.0),
        Basic::Interface => Value::NIL,
    }
}

/// The value with the pairs of its maps in one order: Go sends them in any.
pub(crate) fn sorted(value: Value) -> Value {
    match value {
        Value::List(elements) => Value::List(elements.into_iter().map(sorted).collect()),
        Value::Map(pairs) => {
            let mut pairs: Vec<_> =
                pairs.into_iter().map(|(k, v)| (sorted(k), sorted(v))).collect();
            pairs.sort_by_key(|(key, _)| format!("{key:?}"));
            Value::Map(pairs)
        }
        Value::Struct(fields) => {
            let mut made = Struct::new(fields.shape());
            for (index, value) in fields.into_numbered() {
                made.set_at(index, sorted(value)).unwrap();
            }
            made.into()
        }
        Value::Interface(Some(held)) => {
            let Concrete { name, ty, value } = *held;
            Concrete::new(name, &ty, sorted(value)).into()
        }
        other => other,
    }
}

/// Go cannot pass over a nil that is an element, or stands alone: it looks for a type behind it.
pub(crate) fn is_skipped_by_go(value: &Value) -> bool {
    match value {
        Value::Interface(None) => false,
        // What an interface holds is passed over by its length.
        Value::Interface(Some(_)) => true,
        Value::List(elements) => elements.iter().all(is_skipped_by_go),
        Value::Map(pairs) => pairs.iter().all(|(_, value)| is_skipped_by_go(value)),
        Value::Struct(fields) => fields.iter().all(|(_, value)| is_skipped_by_go(value)),
        _ => true,
    }
}
