//! Errors that say their text once.

use hookwright_gob::{Struct, Value};

/// Takes the details from an error that only repeat its message: Go puts them together when it writes
/// an `AppError`. Over gRPC they are needed, since a host drops the message there.
pub(super) fn say_errors_once(results: &mut Struct) {
    for name in ["A", "B", "C"] {
        let error = match results.get_mut(name) {
            Some(Value::Interface(Some(held))) => &mut held.value,
            Some(value) => value,
            None => continue,
        };
        if let Value::Struct(error) = error
            && let Some(details) = error.get("DetailedError")
            && Some(details) == error.get("Message")
        {
            error.remove("DetailedError");
        }
    }
}
