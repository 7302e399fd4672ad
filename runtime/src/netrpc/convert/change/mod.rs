//! What a handler changed: alone, for a host that decodes it over its own value, or in the value that was
//! received, for one that takes the answer whole.

mod overlay;
mod pairs;
mod patch;
#[cfg(test)]
mod tests;

use hookwright_gob::Value;

use self::pairs::Pairs;
use super::plan::{Field, How};
use super::protobuf::Message;

/// Whether a field was left alone. Maps may have their entries in another order.
fn same_bytes(field: &Field, before: &Message, after: &Message) -> bool {
    let number = field.proto.number;
    match field.how {
        How::Inline(_) => false,
        _ => before.all(number).eq(after.all(number)),
    }
}

fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Map(one), Value::Map(other)) => {
            let others = Pairs::of(other);
            let is_there =
                |(key, value): &(Value, Value)| others.get(key).is_some_and(|it| same(value, it));
            one.len() == other.len() && one.iter().all(is_there)
        }
        (Value::List(one), Value::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Interface(Some(one)), Value::Interface(Some(other))) => {
            one.name == other.name && same(&one.value, &other.value)
        }
        _ => one == other,
    }
}
