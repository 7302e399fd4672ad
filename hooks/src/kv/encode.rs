//! Values as JSON, which comes back as what it was or is refused.

use bytes::Bytes;
use serde::Serialize;
use serde_value::Value;

use super::KvError;

pub(crate) fn encode<T: Serialize + ?Sized>(key: &str, value: &T) -> Result<Bytes, KvError> {
    let json =
        serde_json::to_vec(value).map_err(|fault| KvError::encode::<T>(key, fault.to_string()))?;
    // Only where JSON has a `null` can there be a number that was lost.
    let has_null = json.windows(4).any(|word| word == b"null");
    if has_null && serde_value::to_value(value).is_ok_and(|value| has_no_number(&value)) {
        let fault = "a number is infinite or none at all (NaN)".to_owned();
        return Err(KvError::encode::<T>(key, fault));
    }
    Ok(json.into())
}

/// Whether JSON has `null` for a number of it.
fn has_no_number(value: &Value) -> bool {
    match value {
        Value::F32(number) => !number.is_finite(),
        Value::F64(number) => !number.is_finite(),
        Value::Option(Some(value)) | Value::Newtype(value) => has_no_number(value),
        Value::Seq(values) => values.iter().any(has_no_number),
        Value::Map(values) => values.values().any(has_no_number),
        _ => false,
    }
}
