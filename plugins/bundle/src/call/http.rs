//! A request to `ServeHTTP` from JSON: a method, a URL, headers and a body.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, anyhow};
use bytes::Bytes;
use hookwright::proto::{HttpHeader, PluginContext, ServeHttpRequestInit};
use serde::Deserialize;

/// The request as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Request {
    method: String,
    url: String,
    headers: BTreeMap<String, Values>,
    body: String,
}

/// One value of a header, or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Values {
    One(String),
    Many(Vec<String>),
}

impl Default for Request {
    fn default() -> Self {
        Self {
            method: "GET".to_owned(),
            url: "/".to_owned(),
            headers: BTreeMap::new(),
            body: String::new(),
        }
    }
}

/// The head of the request, and its body.
pub(super) fn request(json: &str) -> Result<(ServeHttpRequestInit, Bytes)> {
    let mut reader = serde_json::Deserializer::from_str(json);
    let request: Request = serde_path_to_error::deserialize(&mut reader)
        .map_err(|fault| anyhow!("--json: field `{}`: {}", fault.path(), fault.inner()))?;
    reader.end().context("--json: after the document")?;
    let body = Bytes::from(request.body);
    let headers = request.headers.into_iter().map(|(key, values)| {
        let values = match values {
            Values::One(value) => vec![value],
            Values::Many(values) => values,
        };
        HttpHeader { key, values }
    });
    let head = ServeHttpRequestInit {
        plugin_context: Some(PluginContext::default()),
        method: request.method,
        request_uri: request.url.clone(),
        url: request.url,
        proto: "HTTP/1.1".to_owned(),
        proto_major: 1,
        proto_minor: 1,
        headers: headers.collect(),
        host: "localhost".to_owned(),
        remote_addr: "127.0.0.1:0".to_owned(),
        content_length: i64::try_from(body.len()).context("the body is too large")?,
    };
    Ok((head, body))
}
