//! What a host in Go has when it has decoded an answer: over its own value, or anew.

use hookwright_gob::Value;

/// The results of a hook as the host has them, where one is decoded over an argument.
pub(super) fn merged(hook: &str, arguments: &Value, results: Value) -> Value {
    let Value::Struct(mut results) = results else { return results };
    match hook {
        "MessageWillBePosted" | "FileWillBeUploaded" => {
            if let (Some(own), Some(answer)) = (arguments.get("B"), results.get("A")) {
                let whole = decoded_over(own.clone(), answer.clone());
                results.set("A", whole).expect("it has it");
            }
        }
        // The host takes no post for a rejection without a reason.
        "MessageWillBeUpdated" => {
            let answered = results.get("A").is_some() || results.get("B").is_some();
            assert!(answered || arguments.get("B").is_none(), "{hook}: no post");
        }
        _ => {}
    }
    results.into()
}

/// A value that Go decodes over another one: what is not there stays, maps keep their other keys, and
/// the elements of a list are decoded over those in their places.
fn decoded_over(own: Value, answer: Value) -> Value {
    match (own, answer) {
        (Value::Struct(mut own), Value::Struct(answer)) => {
            for (name, value) in answer.iter() {
                let value = match own.remove(name) {
                    Some(had) => decoded_over(had, value.clone()),
                    None => value.clone(),
                };
                own.set(name, value).expect("the table has the field");
            }
            own.into()
        }
        (Value::Map(mut own), Value::Map(answer)) => {
            for (key, value) in answer {
                own.retain(|(other, _)| *other != key);
                own.push((key, value));
            }
            Value::Map(own)
        }
        (Value::List(own), Value::List(answer)) => {
            let mut own = own.into_iter();
            let over = |value| match own.next() {
                Some(had) => decoded_over(had, value),
                None => value,
            };
            Value::List(answer.into_iter().map(over).collect())
        }
        (_, answer) => answer,
    }
}
