//! `PluginHTTP`: an HTTP request to another plugin, with its bodies as streams, or, for servers before
//! 11.3, whole in one call.

use std::collections::HashMap;
use std::io;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use futures::future::try_join;
use hookwright::proto::{PluginHttpRequest, PluginHttpResponse};
use hookwright_gob::{Decoded, Marshaler, NoSuchField, Schema, SchemaError, Struct, Type, Value};
use hookwright_netrpc::{CallError, Client};
use prost::Message as _;
use tokio::io::AsyncReadExt as _;

use super::broker::Broker;
use super::lend::lend;
use crate::refusal::LARGEST_MESSAGE;

/// The method that older servers lack.
const STREAM: &str = "Plugin.PluginHTTPStream";
const WHOLE: &str = "Plugin.PluginHTTP";

/// The types of arguments and of results.
struct Types {
    request: Type,
    whole: Type,
    streamed: Type,
    whole_response: Type,
    head: Type,
}

static TYPES: LazyLock<Result<Types, SchemaError>> = LazyLock::new(|| {
    let schema = Schema::new();
    let header = schema.map(&Type::STRING, &schema.slice(&Type::STRING));
    let url = schema.opaque("URL", Marshaler::Binary);
    let fields = [("StatusCode", Type::INT), ("Header", header.clone())];
    let head = schema.structure("Z_PluginHTTPStreamReturns", fields.clone())?;
    let response = schema.structure("Response", fields)?;
    let fields = [("Response", response), ("ResponseBody", Type::BYTES)];
    let whole_response = schema.structure("Z_PluginHTTPReturns", fields)?;
    let fields = [("Method", Type::STRING), ("URL", url), ("Header", header)];
    let request = schema.structure("HTTPRequestSubset", fields)?;
    let fields = [("Request", request.clone()), ("RequestBody", Type::BYTES)];
    let whole = schema.structure("Z_PluginHTTPArgs", fields)?;
    let fields = [
        ("ResponseBodyStream", Type::UINT),
        ("Request", request.clone()),
        ("RequestBodyStream", Type::UINT),
    ];
    let streamed = schema.structure("Z_PluginHTTPStreamArgs", fields)?;
    Ok(Types { request, whole, streamed, whole_response, head })
});

/// Makes the call, with both bodies as streams where the server knows that.
///
/// # Errors
///
/// What the server says, or why it says nothing.
pub(super) async fn call(
    client: &Client,
    broker: &Broker,
    lacks_stream: &AtomicBool,
    request: Bytes,
) -> Result<Bytes, CallError> {
    let request = PluginHttpRequest::decode(request).map_err(unsent)?;
    let types = TYPES.as_ref().map_err(unsent)?;
    let subset = subset(types, &request).map_err(unsent)?;
    if !lacks_stream.load(Ordering::Relaxed) {
        match streamed(client, broker, types, (&subset, request.body.clone())).await {
            Err(error) if error.is_unknown_method(STREAM) => {
                lacks_stream.store(true, Ordering::Relaxed);
            }
            answered => return answered,
        }
    }
    let arguments = made(&types.whole, [("Request", subset), ("RequestBody", request.body.into())]);
    let results = client.call(WHOLE, &types.whole, &arguments.map_err(unsent)?).await?;
    let results = of_type(&types.whole_response, results)?;
    let response = results.get("Response").unwrap_or(&Value::NIL);
    let body = results.get("ResponseBody").and_then(Value::as_bytes).unwrap_or_default();
    Ok(reply(response, Bytes::copy_from_slice(body)))
}

async fn streamed(
    client: &Client,
    broker: &Broker,
    types: &Types,
    (request, body): (&Value, Bytes),
) -> Result<Bytes, CallError> {
    let response = broker.next_id();
    // A request without a body has no stream.
    let lent = if body.is_empty() { 0 } else { broker.next_id() };
    let arguments = made(
        &types.streamed,
        [
            ("ResponseBodyStream", Value::Uint(response.into())),
            ("Request", request.clone()),
            ("RequestBodyStream", Value::Uint(lent.into())),
        ],
    );
    let arguments = arguments.map_err(unsent)?;
    let answered =
        async { of_type(&types.head, client.call(STREAM, &types.streamed, &arguments).await?) };
    let read = async {
        let lost = |error: io::Error| CallError::Lost(format!("the response broke off: {error}"));
        let mut content = Vec::new();
        let from = broker.accept(response).await.map_err(lost)?;
        from.take(LARGEST_MESSAGE as u64 + 1).read_to_end(&mut content).await.map_err(lost)?;
        match content.len() > LARGEST_MESSAGE {
            true => Err(lost(io::Error::other(format!("it has over {LARGEST_MESSAGE} bytes")))),
            false => Ok(content),
        }
    };
    let lending = async {
        if lent != 0
            && let Err(error) = lend(broker, lent, body).await
        {
            // The response says what came of it.
            tracing::debug!(%error, "the server did not take all of the request");
        }
        std::future::pending().await
    };
    tokio::select! {
        both = try_join(answered, read) => {
            let (head, body) = both?;
            Ok(reply(&head, body.into()))
        }
        never = lending => never,
    }
}

/// The head of the request, as the server has it.
fn subset(types: &Types, request: &PluginHttpRequest) -> Result<Value, NoSuchField> {
    let header = request.headers.iter().map(|(name, value)| {
        (Value::from(name.as_str()), Value::List(vec![Value::from(value.as_str())]))
    });
    made(
        &types.request,
        [
            ("Method", request.method.as_str().into()),
            ("URL", Value::Opaque(request.url.clone().into())),
            ("Header", Value::Map(header.collect())),
        ],
    )
}

fn made<const N: usize>(ty: &Type, fields: [(&str, Value); N]) -> Result<Value, NoSuchField> {
    let shape = ty.as_struct().unwrap_or_else(|| unreachable!("arguments are structs"));
    let mut value = Struct::new(&shape);
    for (name, field) in fields {
        value.set(name, field)?;
    }
    Ok(value.into())
}

/// A result, if it is of the wanted type.
fn of_type(want: &Type, result: Decoded) -> Result<Value, CallError> {
    want.accepts(&result.ty).map_err(CallError::Type)?;
    Ok(result.value)
}

fn unsent(fault: impl ToString) -> CallError {
    CallError::Unsent(fault.to_string())
}

/// A response as the reply of the contract.
fn reply(response: &Value, body: Bytes) -> Bytes {
    let status = response.get("StatusCode").and_then(Value::as_i64);
    let header = response.get("Header").and_then(Value::as_map).unwrap_or_default();
    let headers: HashMap<String, String> = header
        .iter()
        .filter_map(|(name, values)| {
            let values = values.as_list()?.iter().filter_map(Value::as_str).collect::<Vec<_>>();
            Some((name.as_str()?.into_owned(), values.join(", ")))
        })
        .collect();
    let reply = PluginHttpResponse {
        status_code: status.and_then(|status| status.try_into().ok()).unwrap_or(0),
        headers,
        body,
        error: None,
    };
    reply.encode_to_vec().into()
}
