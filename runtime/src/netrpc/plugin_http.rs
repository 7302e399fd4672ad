//! `PluginHTTP`: an HTTP request to another plugin, whole in one call.

use std::collections::HashMap;
use std::sync::LazyLock;

use bytes::Bytes;
use hookwright::proto::{PluginHttpRequest, PluginHttpResponse};
use hookwright_gob::{Marshaler, NoSuchField, Schema, SchemaError, Struct, Type, Value};
use prost::Message as _;

static TYPES: LazyLock<Result<(Type, Type), SchemaError>> = LazyLock::new(|| {
    let schema = Schema::new();
    let header = schema.map(&Type::STRING, &schema.slice(&Type::STRING));
    let url = schema.opaque("URL", Marshaler::Binary);
    let fields = [("Method", Type::STRING), ("URL", url), ("Header", header)];
    let request = schema.structure("HTTPRequestSubset", fields)?;
    let fields = [("Request", request.clone()), ("RequestBody", Type::BYTES)];
    Ok((schema.structure("Z_PluginHTTPArgs", fields)?, request))
});

/// The arguments of the call, with their type.
///
/// # Errors
///
/// The bytes are no request.
pub(super) fn arguments(request: Bytes) -> Result<(Type, Value), String> {
    let request = PluginHttpRequest::decode(request).map_err(|error| error.to_string())?;
    let (ty, inner) = TYPES.as_ref().map_err(ToString::to_string)?;
    let made = |ty: &Type| ty.as_struct().map(|shape| Struct::new(&shape));
    let (Some(mut arguments), Some(mut subset)) = (made(ty), made(inner)) else {
        return Err("the arguments are structs".to_owned());
    };
    let header = request
        .headers
        .into_iter()
        .map(|(name, value)| (Value::from(name), Value::List(vec![Value::from(value)])));
    let filled: Result<(), NoSuchField> = (|| {
        subset.set("Method", request.method)?;
        subset.set("URL", Value::Opaque(request.url.into()))?;
        subset.set("Header", Value::Map(header.collect()))?;
        arguments.set("Request", subset)?;
        arguments.set("RequestBody", request.body)
    })();
    filled.map_err(|error| error.to_string())?;
    Ok((ty.clone(), arguments.into()))
}

/// The result of the call as the reply of the contract.
pub(super) fn reply(results: &Value) -> Bytes {
    let response = results.get("Response").unwrap_or(&Value::NIL);
    let status = response.get("StatusCode").and_then(Value::as_i64);
    let header = response.get("Header").and_then(Value::as_map).unwrap_or_default();
    let headers: HashMap<String, String> = header
        .iter()
        .filter_map(|(name, values)| {
            let values = values.as_list()?.iter().filter_map(Value::as_str).collect::<Vec<_>>();
            Some((name.as_str()?.into_owned(), values.join(", ")))
        })
        .collect();
    let body = results.get("ResponseBody").and_then(Value::as_bytes).unwrap_or_default();
    let reply = PluginHttpResponse {
        status_code: status.and_then(|status| status.try_into().ok()).unwrap_or(0),
        headers,
        body: Bytes::copy_from_slice(body),
        error: None,
    };
    reply.encode_to_vec().into()
}
