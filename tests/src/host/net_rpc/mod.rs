//! The host of the other protocol: hooks are called over net/rpc, and what comes back is put into the
//! reply that a gRPC host gets, so that the same expectations hold for both.
//!
//! Requests are made to structs of Go by the product's own table; what is in that is held against Go
//! by `tests/mattermost-host`.

mod merge;
mod streams;

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use hookwright_gob::{Struct, Type, Value};
use hookwright_netrpc::{Client, serve};
use hookwright_runtime::conversion::Plans;
use prost::Message as _;
use prost_reflect::{DynamicMessage, ReflectMessage as _};
use tokio::sync::Mutex;
use tonic::Status;

use self::merge::merged;
use super::{Heard, contract};
use crate::Plugin;
use crate::netrpc::{Api, NetRpcHost, call, nothing, structure};

/// A connection over net/rpc.
#[derive(Debug)]
pub(super) struct NetRpc {
    /// One call at a time lends streams.
    host: Mutex<NetRpcHost>,
    hooks: Client,
    plans: Plans,
}

/// What a call lends the plugin.
#[derive(Debug, Clone, Copy)]
struct Ids {
    first: u32,
    second: u32,
}

/// The ids of the streams of a call; there is one call at a time.
const IDS: Ids = Ids { first: 11, second: 12 };

impl NetRpc {
    pub(super) async fn of(plugin: &Plugin) -> Self {
        let mut host = NetRpcHost::connect(plugin).await;
        let hooks = host.hooks().await;
        activate(&mut host, &hooks).await;
        let plans = Plans::new().expect("the table fits the contract");
        Self { host: Mutex::new(host), hooks, plans }
    }

    /// The hooks that there are, but for the one that no gRPC host has.
    pub(super) async fn implemented(&self) -> BTreeSet<String> {
        let names = call(&self.hooks, "Plugin.Implemented", &nothing()).await;
        let names = names.expect("it says what it implements").value;
        let names = names.as_list().expect("a list").iter().filter_map(Value::as_str);
        names.map(std::borrow::Cow::into_owned).filter(|name| name != "ServeMetrics").collect()
    }

    /// A message as far as Go has fields for it.
    pub(super) fn carried(&self, hook: &str, request: &DynamicMessage) -> DynamicMessage {
        let (_, arguments) = self.arguments(hook, request);
        let plan = self.plan(hook, "Args", "Request");
        let mut bytes = self.plans.message(plan, &arguments.into());
        if let Some(content) = request.get_field_by_name("file_content") {
            let mut content_only = DynamicMessage::new(request.descriptor());
            content_only.set_field_by_name("file_content", content.into_owned());
            content_only.encode(&mut bytes).expect("room");
        }
        DynamicMessage::decode(request.descriptor(), &*bytes).expect("a request")
    }

    pub(super) async fn call(&self, hook: &str, request: &DynamicMessage) -> Heard {
        let (ty, mut arguments) = self.arguments(hook, request);
        let method = format!("Plugin.{hook}");
        let (reply, content) = if hook == "FileWillBeUploaded" {
            for (field, id) in
                [("UploadedFileStream", IDS.first), ("ReplacementFileStream", IDS.second)]
            {
                arguments.set(field, Value::Uint(id.into())).expect("it lends streams");
            }
            let file = request.get_field_by_name("file_content").expect("a file");
            let file = file.as_bytes().expect("bytes").clone();
            let arguments = (ty, arguments.clone().into());
            let mut host = self.host.lock().await;
            let called = call(&self.hooks, &method, &arguments);
            tokio::join!(called, streams::lend_a_file(&mut host, file))
        } else {
            let arguments = (ty, arguments.clone().into());
            (call(&self.hooks, &method, &arguments).await, Vec::new())
        };
        let arguments = self.arguments(hook, request).1;
        let reply = reply.map_err(Status::unknown).map(|reply| {
            let made = merged(hook, &arguments.into(), reply.value);
            let mut bytes = self.plans.message(self.plan(hook, "Returns", "Response"), &made);
            if !content.is_empty() {
                let of = contract::hook(hook).output();
                let mut replaced = DynamicMessage::new(of);
                let content = prost_reflect::Value::Bytes(content.into());
                replaced.set_field_by_name("modified_content", content);
                replaced.encode(&mut bytes).expect("room");
            }
            Bytes::from(bytes)
        });
        let reply = reply.map(|reply| without_the_same(hook, request, reply));
        Heard::of(&contract::hook(hook), reply)
    }

    /// Posts a body to the plugin's web path, and returns that of the response.
    pub(super) async fn post(&self, path: &str, body: &[u8]) -> Vec<u8> {
        let mut host = self.host.lock().await;
        let arguments = streams::a_request(path);
        let called = call(&self.hooks, "Plugin.ServeHTTP", &arguments);
        let body = Bytes::copy_from_slice(body);
        let (called, response) = tokio::join!(called, streams::lend_a_response(&mut host, body));
        called.expect("a response");
        response
    }

    fn plan(&self, hook: &str, of: &str, message: &str) -> usize {
        let plan = self.plans.find(&format!("plugin.Z_{hook}{of}"), &format!("{hook}{message}"));
        plan.unwrap_or_else(|| panic!("the table has {hook}"))
    }

    fn arguments(&self, hook: &str, request: &DynamicMessage) -> (Type, Struct) {
        let plan = self.plan(hook, "Args", "Request");
        let made = self.plans.structure(plan, request.encode_to_vec().into());
        (self.plans.ty(plan).clone(), made.expect("a request is a struct"))
    }
}

/// Activates the plugin, which asks for its configuration from then on.
async fn activate(host: &mut NetRpcHost, hooks: &Client) {
    let id = |id: u32| (Type::UINT, Value::Uint(id.into()));
    let ids = structure(vec![("APIMuxId", id(IDS.first)), ("DriverMuxId", id(IDS.second))]);
    let opened = async {
        let (_, api) = host.accept().await;
        let empty = |method: &str, _: &Value| {
            let configuration = (Type::BYTES, Value::Bytes(Bytes::from_static(b"{}")));
            Ok(match method {
                "LoadPluginConfiguration" => structure(vec![("A", configuration)]),
                _ => nothing(),
            })
        };
        tokio::spawn(serve(api, Arc::new(Api(empty))));
        host.accept().await.1
    };
    let (activated, driver) = tokio::join!(call(hooks, "Plugin.OnActivate", &ids), opened);
    assert_eq!(activated.expect("an answer").value.get("A"), None, "it is activated");
    // It is held, as a server holds it.
    tokio::spawn(async move {
        let _driver = driver;
        std::future::pending::<()>().await;
    });
}

/// A reply without what is as the host has it: a post that was edited comes back in any case.
fn without_the_same(hook: &str, request: &DynamicMessage, reply: Bytes) -> Bytes {
    if hook != "MessageWillBeUpdated" {
        return reply;
    }
    let mut made = DynamicMessage::decode(contract::hook(hook).output(), reply).expect("a reply");
    if made.get_field_by_name("modified_post") == request.get_field_by_name("new_post") {
        made.clear_field_by_name("modified_post");
    }
    made.encode_to_vec().into()
}
