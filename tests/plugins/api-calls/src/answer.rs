//! What the host asks for over HTTP.

use hookwright::ApiError;
use hookwright::http::{Body, Request, Response};
use hookwright::prelude::*;
use hookwright::proto::{PropertyFieldSearchOpts, PropertyValueSearchOpts, UploadSession};
use prost::Message as _;
use prost_reflect::{DynamicMessage, FieldDescriptor, ReflectMessage as _, SerializeOptions};
use serde_json::{Value, json};

use crate::{Sample, calls, contract};

#[hook(HookName::ServeHTTP, path = "/api")]
async fn answer(cx: Context, request: Request) -> Result<Response> {
    let uri = request.uri().clone();
    let asked = uri.query().unwrap_or_default();
    let (asked, over_net_rpc) = flag(asked, "&over-net-rpc");
    let (name, flipped) = flag(asked, "&flipped");
    let sample = Sample { flipped, over_net_rpc };
    let path = uri.path();
    let answer = match path.rsplit('/').next() {
        Some("sample") => sampled(sample, name),
        Some("encoded") => contract::find(name).map(|it| json!(sample.filled(&it).encode_to_vec())),
        Some("json") => {
            let body = request.into_body().bytes(usize::MAX).await?;
            contract::find(name).map(|it| in_json(&DynamicMessage::decode(it, body).unwrap()))
        }
        Some("call") => called(&cx, sample, name).await,
        Some("page") => page(&cx, name).await,
        Some("large") => large(&cx, name).await,
        _ => None,
    };
    let answer = answer.ok_or_else(|| Error::not_found(format!("nothing is at {path}?{asked}")))?;
    Ok(Response::new(Body::from(answer.to_string())))
}

fn flag<'a>(asked: &'a str, flag: &str) -> (&'a str, bool) {
    asked.strip_suffix(flag).map_or((asked, false), |rest| (rest, true))
}

/// The ids on a page of two property fields, and on the same page of values.
async fn page(cx: &Context, number: &str) -> Option<Value> {
    let (page, per_page) = (number.parse().ok()?, 2);
    let options = PropertyFieldSearchOpts { page, per_page, ..Default::default() };
    let fields = cx.api().search_property_fields("group", options).await;
    let options = PropertyValueSearchOpts { page, per_page, ..Default::default() };
    let values = cx.api().search_property_values("group", options).await;
    Some(match (fields, values) {
        (Ok(fields), Ok(values)) => {
            let fields: Vec<_> = fields.into_iter().map(|field| field.id).collect();
            let values: Vec<_> = values.into_iter().map(|value| value.id).collect();
            json!({ "seen": { "fields": fields, "values": values } })
        }
        (Err(error), _) | (_, Err(error)) => json!({ "failed": error.to_string() }),
    })
}

/// The fields of a message, in their order, each with its name, its value and the
/// message that it is; `null` is what is zero.
fn sampled(sample: Sample, name: &str) -> Option<Value> {
    let message = sample.filled(&contract::find(name)?);
    let json = in_json(&message);
    let of = message.descriptor();
    let is_error = |name: &str| name == "error" && of.name().ends_with("Response");
    let fields = of.fields().filter(|field| !is_error(field.name()));
    let kind = |field: &FieldDescriptor| field.kind().as_message().map(|it| it.name().to_owned());
    let field =
        |field: FieldDescriptor| json!([field.name(), json.get(field.name()), kind(&field)]);
    Some(fields.map(field).collect())
}

/// What the plugin is told when it calls a method.
async fn called(cx: &Context, sample: Sample, method: &str) -> Option<Value> {
    let call = calls::all().find(|call| call.method == method)?;
    Some(match (call.made)(cx.api(), &sample).await {
        Ok(seen) => {
            let reply = contract::message(&format!("{method}Response"));
            json!({ "seen": in_json(&seen.reply(&reply)) })
        }
        Err(ApiError::App { error, .. }) => json!({ "error": {
            "id": error.id, "message": error.message, "detailed_error": error.details,
            "status_code": error.status_code, "where": error.place,
        }}),
        Err(error) => json!({ "failed": error.to_string() }),
    })
}

/// What comes of a call that lends the server 32 MiB.
async fn large(cx: &Context, method: &str) -> Option<Value> {
    let content: Vec<u8> = (0..32 << 20).map(|at: u32| (at % 251) as u8).collect();
    let came = match method {
        "UploadData" => {
            let session = UploadSession { id: "session".to_owned(), ..UploadSession::default() };
            let info = cx.api().upload_data(session, content).await;
            info.map(|info| info.map(|info| info.id).unwrap_or_default())
        }
        "InstallPlugin" => cx.api().install_plugin(content, true).await.map(|it| it.id),
        _ => return None,
    };
    Some(match came {
        Ok(id) => json!({ "seen": { "id": id } }),
        Err(error) => json!({ "failed": error.to_string() }),
    })
}

/// A message in JSON, by the names of the contract.
fn in_json(message: &DynamicMessage) -> Value {
    let options = SerializeOptions::new().use_proto_field_name(true);
    message.serialize_with_options(serde_json::value::Serializer, &options).unwrap()
}
