//! Calls to the server's plugin API over net/rpc, on the stream that the server opens for them when it
//! activates the plugin.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use arc_swap::ArcSwapOption;
use async_trait::async_trait;
use bytes::Bytes;
use hookwright::ApiError;
use hookwright::api::Transport;
use hookwright::proto::{InstallPluginRequest, UploadDataRequest};
use hookwright_gob::{DecodeFault, Struct, Type, Value};
use hookwright_netrpc::{CallError, Client};
use hookwright_proto::API_METHODS;
use prost::Message as _;
use tokio::time::Instant;

use super::broker::Broker;
use super::convert::{Fault, Plans};
use super::fitting::Fitting;
use super::lend::lend;
use super::pages::{Search, Walked};
use super::plugin_http;
use crate::refusal::LARGEST_MESSAGE;

/// The API server of a host.
#[derive(Debug)]
pub(crate) struct NetRpcTransport {
    plans: Arc<Plans>,
    methods: HashMap<&'static str, Method>,
    connected: ArcSwapOption<Connected>,
}

/// The server, as far as it can be called.
#[derive(Debug)]
struct Connected {
    client: Client,
    /// For what a call takes as a stream.
    broker: Arc<Broker>,
    /// Whether the server was found to lack `PluginHTTPStream`.
    lacks_http_stream: AtomicBool,
}

/// The arguments and results of one method.
#[derive(Debug)]
pub(super) struct Method {
    name: String,
    arguments: usize,
    results: usize,
    fitting: Fitting,
}

impl NetRpcTransport {
    /// Calls by these plans, once there is somebody to call.
    pub(crate) fn new(plans: Arc<Plans>) -> Self {
        let known = |method: &&'static str| Some((*method, Method::find(&plans, method)?));
        let methods = API_METHODS.iter().filter_map(known).collect();
        Self { plans, methods, connected: ArcSwapOption::empty() }
    }

    /// From now on calls go over this stream.
    pub(super) fn connect(&self, client: Client, broker: Arc<Broker>) {
        self.connected.store(Some(Arc::new(Connected {
            client,
            broker,
            lacks_http_stream: AtomicBool::new(false),
        })));
    }
}

impl Method {
    fn find(plans: &Plans, method: &str) -> Option<Self> {
        let plan = |what: &str, message: &str| {
            // Its structs are called as if it were the arguments of a method of arguments.
            let infix = if method == "LoadPluginConfiguration" { "Args" } else { "" };
            plans.find(&format!("plugin.Z_{method}{infix}{what}"), &format!("{method}{message}"))
        };
        let (arguments, results) = (plan("Args", "Request")?, plan("Returns", "Response")?);
        let (name, fitting) = (format!("Plugin.{method}"), Fitting::default());
        Some(Self { name, arguments, results, fitting })
    }

    /// The type of the arguments.
    pub(super) fn ty<'a>(&self, plans: &'a Plans) -> &'a Type {
        plans.ty(self.arguments)
    }

    /// Makes the call. What is returned has the types of the results.
    pub(super) async fn call(
        &self,
        (client, plans): (&Client, &Plans),
        arguments: Struct,
    ) -> Result<Value, CallError> {
        let reply = client.call(&self.name, self.ty(plans), &arguments.into()).await?;
        self.fitting.check(plans.ty(self.results), &reply.ty).map_err(CallError::Type)?;
        Ok(reply.value)
    }
}

#[async_trait]
impl Transport for NetRpcTransport {
    /// Go's decoder takes more; so much is what replies may have as well.
    fn largest_request(&self) -> usize {
        LARGEST_MESSAGE
    }

    async fn call(
        &self,
        method: &'static str,
        request: Bytes,
        _deadline: Instant,
    ) -> Result<Bytes, ApiError> {
        let Some(known) = self.methods.get(method) else {
            return Err(ApiError::Unsupported { method });
        };
        let Some(connected) = self.connected.load_full() else {
            let message = "the server opens its API when it activates the plugin".to_owned();
            return Err(ApiError::Unreachable { method, message });
        };
        let Connected { client, broker, lacks_http_stream } = &*connected;
        let bad_request = |fault: String| {
            let message = format!("the request cannot be read: {fault}");
            ApiError::Transport { method, code: "INVALID_ARGUMENT", message }
        };
        if method == "PluginHTTP" {
            let reply = plugin_http::call(client, broker, lacks_http_stream, request).await;
            return reply.map_err(|error| failed(method, &known.name, error));
        }
        let content = match method {
            "UploadData" => UploadDataRequest::decode(request.clone()).ok().map(|it| it.data),
            "InstallPlugin" => {
                InstallPluginRequest::decode(request.clone()).ok().map(|it| it.file_data)
            }
            _ => None,
        };
        let search = Search::of(method, &request);
        let arguments = self.plans.structure(known.arguments, request);
        let mut arguments = arguments.map_err(|fault| match fault {
            Fault::Lacking(field) => ApiError::UnsupportedField { method, field },
            fault @ Fault::Unreadable(_) => bad_request(fault.to_string()),
        })?;
        let calling = (client, &*self.plans);
        if let Some(search) = search {
            let walked = search.walk(known, calling, &mut arguments).await;
            match walked.map_err(|error| failed(method, &known.name, error))? {
                Walked::There => {}
                Walked::Past => return Ok(Bytes::new()),
                Walked::Failed(reply) => {
                    return Ok(self.plans.message(known.results, &reply).into());
                }
            }
        }
        let reply = match content {
            None => known.call(calling, arguments).await,
            Some(content) => {
                let id = broker.next_id();
                let stream = Value::Uint(id.into());
                arguments
                    .set("PluginStreamID", stream)
                    .map_err(|fault| bad_request(fault.to_string()))?;
                let call = known.call(calling, arguments);
                let lent = async {
                    // Of what went wrong the answer says more.
                    if let Err(error) = lend(broker, id, content).await {
                        tracing::debug!(method, %error, "the server did not take all of it");
                    }
                    std::future::pending().await
                };
                tokio::select! {
                    reply = call => reply,
                    reply = lent => reply,
                }
            }
        };
        let reply = reply.map_err(|error| failed(method, &known.name, error))?;
        Ok(self.plans.message(known.results, &reply).into())
    }
}

/// What an error of net/rpc means to the caller.
fn failed(method: &'static str, name: &str, error: CallError) -> ApiError {
    match error {
        error if error.is_unknown_method(name) => ApiError::Unsupported { method },
        CallError::Server(message) => ApiError::Transport { method, code: "UNKNOWN", message },
        CallError::Unsent(message) => ApiError::Unreachable { method, message },
        CallError::Argument(fault) => {
            let message = format!("the request cannot be sent: {fault}");
            ApiError::Transport { method, code: "INTERNAL", message }
        }
        CallError::Reply(fault) if is_too_large(fault.fault()) => {
            let message = fault.to_string();
            ApiError::ReplyTooLarge { method, limit: LARGEST_MESSAGE, message }
        }
        CallError::Reply(fault) => {
            ApiError::BadReply { method, fault: format!("does not decode: {fault}") }
        }
        CallError::Type(fault) => {
            ApiError::BadReply { method, fault: format!("does not decode: {fault}") }
        }
        error => ApiError::Transport { method, code: "UNAVAILABLE", message: error.to_string() },
    }
}

fn is_too_large(fault: &DecodeFault) -> bool {
    matches!(fault, DecodeFault::MessageTooLong { .. } | DecodeFault::TooMuchMemory { .. })
}

#[cfg(test)]
mod tests;
