//! Values, as the JSON of a vector says them.

use hookwright_gob::Value;
use serde_json::{Map, Value as Json};

use super::hex;

/// Says where a value is not what was expected.
pub(crate) fn compare(value: &Value, expected: &Json) -> Result<(), String> {
    let is_equal = match (value, expected) {
        (Value::Bool(value), Json::Bool(expected)) => value == expected,
        (Value::Int(value), Json::Number(expected)) => expected.as_i64() == Some(*value),
        (Value::Uint(value), Json::Number(expected)) => expected.as_u64() == Some(*value),
        (Value::Float(value), expected) => is_float(*value, expected),
        (Value::String(text), Json::String(expected)) => text.to_str_lossy() == *expected,
        (Value::List(elements), Json::Array(expected)) => return list(elements, expected),
        (Value::Interface(None), Json::Null) => true,
        (_, Json::Object(expected)) => return object(value, expected),
        _ => false,
    };
    is_equal.then_some(()).ok_or_else(|| format!(": {value:?}, where {expected} was expected"))
}

fn object(value: &Value, expected: &Map<String, Json>) -> Result<(), String> {
    let text = |key: &str| expected.get(key).and_then(Json::as_str);
    let is_equal = match value {
        Value::Bytes(bytes) => text("$bytes") == Some(&hex(bytes)),
        Value::Opaque(bytes) => text("$opaque") == Some(&hex(bytes)),
        Value::Complex(real, imaginary) => {
            match expected.get("$complex").and_then(Json::as_array) {
                Some(parts) => is_float(*real, &parts[0]) && is_float(*imaginary, &parts[1]),
                None => false,
            }
        }
        Value::Interface(Some(held)) if text("$type") == held.name.as_str() => {
            let within = compare(&held.value, &expected["$value"]);
            return within.map_err(|fault| format!(".({}){fault}", held.name));
        }
        Value::Map(pairs) => return map(pairs, expected),
        Value::Struct(fields) => {
            let names: Vec<&str> = fields.iter().map(|(name, _)| name).collect();
            // JSON objects have no order here; the order of the fields is told by their numbers.
            for (name, value) in fields.iter() {
                let Some(expected) = expected.get(name) else {
                    return Err(format!(".{name}: not expected"));
                };
                compare(value, expected).map_err(|fault| format!(".{name}{fault}"))?;
            }
            names.len() == expected.len()
        }
        _ => false,
    };
    is_equal.then_some(()).ok_or_else(|| format!(": {value:?}, where {expected:?} was expected"))
}

fn list(elements: &[Value], expected: &[Json]) -> Result<(), String> {
    if elements.len() != expected.len() {
        return Err(format!(": {} elements, {} expected", elements.len(), expected.len()));
    }
    for (index, (value, expected)) in elements.iter().zip(expected).enumerate() {
        compare(value, expected).map_err(|fault| format!("[{index}]{fault}"))?;
    }
    Ok(())
}

/// The pairs may come in any order.
fn map(pairs: &[(Value, Value)], expected: &Map<String, Json>) -> Result<(), String> {
    let pairs_of_strings = || {
        let pair = |(key, value): (&String, &Json)| (Json::String(key.clone()), value.clone());
        expected.iter().map(pair).collect()
    };
    let expected: Vec<(Json, Json)> = match expected.get("$map").and_then(Json::as_array) {
        Some(pairs) => pairs.iter().map(|pair| (pair[0].clone(), pair[1].clone())).collect(),
        None => pairs_of_strings(),
    };
    if pairs.len() != expected.len() {
        return Err(format!(": {} pairs, {} expected", pairs.len(), expected.len()));
    }
    for (key, value) in pairs {
        let Some((_, expected)) = expected.iter().find(|(other, _)| compare(key, other).is_ok())
        else {
            return Err(format!("[{key:?}]: not expected"));
        };
        compare(value, expected).map_err(|fault| format!("[{key:?}]{fault}"))?;
    }
    Ok(())
}

/// Floats in JSON are read to within the last digit.
fn is_float(value: f64, expected: &Json) -> bool {
    let named = expected.get("$float").and_then(Json::as_str);
    match (named, expected.as_f64()) {
        (Some("NaN"), _) => value.is_nan(),
        (Some("+Inf"), _) => value == f64::INFINITY,
        (Some("-Inf"), _) => value == f64::NEG_INFINITY,
        (Some("-0"), _) => value == 0.0 && value.is_sign_negative(),
        (_, Some(expected)) => {
            value == expected || (value - expected).abs() <= f64::EPSILON * expected.abs()
        }
        _ => false,
    }
}
