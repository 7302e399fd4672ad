//! The arguments of `ServeHTTP` as a request.

use std::sync::Arc;

use hookwright::Caller;
use hookwright_gob::Value;
use hookwright_proto::mattermost::{HttpHeader, ServeHttpRequestInit};
use prost::Message as _;

use crate::netrpc::convert::Plans;
use crate::serve::head_of;

/// A request without its body, and who caused it.
pub(super) struct Incoming {
    pub(super) head: http::Request<()>,
    pub(super) caller: Arc<Caller>,
}

/// Reads a request.
///
/// # Errors
///
/// It is not HTTP: the fault of the client, and not of the host.
pub(super) fn read(plans: &Plans, arguments: &Value) -> Result<Incoming, String> {
    let request = arguments.get("Request").unwrap_or(&Value::NIL);
    let text = |name| request.get(name).and_then(Value::as_str).unwrap_or_default().into_owned();
    let number = |name| request.get(name).and_then(Value::as_i64).and_then(|n| n.try_into().ok());
    let url = request.get("URL").and_then(Value::as_bytes).unwrap_or_default();
    let headers: Vec<HttpHeader> = headers(request.get("Header").unwrap_or(&Value::NIL)).collect();
    let length = content_length(arguments).and_then(|length| length.try_into().ok());
    let head = head_of(ServeHttpRequestInit {
        method: text("Method"),
        url: String::from_utf8_lossy(url).into_owned(),
        proto_major: number("ProtoMajor").unwrap_or(1),
        proto_minor: number("ProtoMinor").unwrap_or(1),
        headers,
        host: text("Host"),
        remote_addr: text("RemoteAddr"),
        request_uri: text("RequestURI"),
        content_length: length.unwrap_or(0),
        ..ServeHttpRequestInit::default()
    })?;
    let context = arguments.get("Context").unwrap_or(&Value::NIL);
    let caller =
        plans.find("plugin.Context", "PluginContext").map(|plan| plans.message(plan, context));
    let caller = caller.and_then(|message| Caller::decode(&*message).ok()).unwrap_or_default();
    Ok(Incoming { head, caller: Arc::new(caller) })
}

/// How long the body is, where its client has said so.
pub(super) fn content_length(arguments: &Value) -> Option<u64> {
    let header = arguments.get("Request")?.get("Header")?;
    let mut headers = headers(header);
    let length = headers.find(|header| header.key.eq_ignore_ascii_case("content-length"))?;
    length.values.first()?.parse().ok()
}

/// The pairs of an `http.Header`.
pub(super) fn headers(header: &Value) -> impl Iterator<Item = HttpHeader> {
    header.as_map().unwrap_or_default().iter().map(|(name, values)| HttpHeader {
        key: name.as_str().unwrap_or_default().into_owned(),
        values: values
            .as_list()
            .unwrap_or_default()
            .iter()
            .filter_map(|value| Some(value.as_str()?.into_owned()))
            .collect(),
    })
}
