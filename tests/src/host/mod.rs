//! A host, as far as hooks are concerned: it asks first what is implemented, calls nothing else, and
//! makes of a reply what a Mattermost server makes of it.
//!
//! It knows the messages by the descriptors of the contract alone, so that what it reads does not
//! depend on what the product under test takes them for.

pub mod contract;
mod error;
mod net_rpc;
mod rebuild;

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use hookwright_proto::mattermost::{
    ImplementedRequest, ServeHttpRequest, ServeHttpRequestInit, ServeHttpResponse,
};
use prost::Message as _;
use prost_reflect::DynamicMessage;
use tonic::Request;
use tonic::transport::Channel;

pub use self::error::{AppError, HostError};
use self::net_rpc::NetRpc;
pub use self::rebuild::{Heard, Outcome, notification, shown};
use crate::{Plugin, raw};

/// The deadline that a host sets for every call.
const DEADLINE: Duration = Duration::from_secs(30);

/// The largest piece of a body that a host sends.
const CHUNK: usize = 64 * 1024;

/// The protocol that a host speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// One connection for all calls, with messages.
    Grpc,
    /// One stream, with Go's own values.
    NetRpc,
}

/// A host, connected to a plugin process.
#[derive(Debug)]
pub struct Host {
    wire: Wire,
    implemented: BTreeSet<String>,
}

/// How the plugin is called.
#[derive(Debug)]
enum Wire {
    Grpc(Box<Grpc>),
    NetRpc(Box<NetRpc>),
}

/// A connection over gRPC.
#[derive(Debug)]
struct Grpc {
    channel: Channel,
    hooks: hookwright_proto::mattermost::plugin_hooks_client::PluginHooksClient<Channel>,
}

impl Host {
    /// Connects, and asks which hooks there are: twice, as a host does.
    ///
    /// # Panics
    ///
    /// If the two answers differ, or are none.
    pub async fn of(plugin: &Plugin, protocol: Protocol) -> Self {
        if protocol == Protocol::NetRpc {
            let wire = NetRpc::of(plugin).await;
            let implemented = wire.implemented().await;
            return Self { wire: Wire::NetRpc(Box::new(wire)), implemented };
        }
        let mut hooks = plugin.hooks().await;
        let mut implemented = Vec::new();
        for _ in 0..2 {
            let reply = hooks.implemented(ImplementedRequest::default()).await;
            let reply = reply.expect("it says what it implements").into_inner();
            assert_eq!(reply.error, None);
            implemented.push(reply.hooks);
        }
        assert_eq!(implemented[0], implemented[1]);
        let implemented = implemented.remove(0).into_iter().collect();
        let grpc = Grpc { channel: plugin.connect().await, hooks };
        Self { wire: Wire::Grpc(Box::new(grpc)), implemented }
    }

    /// The protocol that it speaks.
    #[must_use]
    pub fn protocol(&self) -> Protocol {
        match self.wire {
            Wire::Grpc(_) => Protocol::Grpc,
            Wire::NetRpc(_) => Protocol::NetRpc,
        }
    }

    /// A request as far as the protocol can carry it.
    #[must_use]
    pub fn carried(&self, hook: &str, request: DynamicMessage) -> DynamicMessage {
        match &self.wire {
            Wire::Grpc(_) => request,
            Wire::NetRpc(wire) => wire.carried(hook, &request),
        }
    }

    /// The hooks that the plugin implements.
    #[must_use]
    pub fn implemented(&self) -> &BTreeSet<String> {
        &self.implemented
    }

    /// Calls a hook, if the plugin implements it.
    pub async fn call(&self, hook: &str, request: &DynamicMessage) -> Heard {
        match self.implemented.contains(hook) {
            true => self.call_regardless(hook, request).await,
            false => Heard::unasked(&contract::hook(hook)),
        }
    }

    /// Calls a hook, whether the plugin implements it or not.
    pub async fn call_regardless(&self, hook: &str, message: &DynamicMessage) -> Heard {
        let channel = match &self.wire {
            Wire::Grpc(grpc) => &grpc.channel,
            Wire::NetRpc(wire) => return wire.call(hook, message).await,
        };
        let mut request = Request::new(Bytes::from(message.encode_to_vec()));
        request.set_timeout(DEADLINE);
        Heard::of(&contract::hook(hook), raw::send(channel, hook, request).await)
    }

    /// Posts a body to the plugin's web path, and returns that of the response.
    ///
    /// # Panics
    ///
    /// If the response is another one than 200, or breaks off.
    pub async fn post(&self, path: &str, body: &[u8]) -> Vec<u8> {
        let hooks = match &self.wire {
            Wire::Grpc(grpc) => &grpc.hooks,
            Wire::NetRpc(wire) => return wire.post(path, body).await,
        };
        let init = ServeHttpRequestInit {
            method: "POST".to_owned(),
            url: path.to_owned(),
            proto: "HTTP/1.1".to_owned(),
            content_length: i64::try_from(body.len()).expect("a length"),
            ..ServeHttpRequestInit::default()
        };
        let head = ServeHttpRequest { init: Some(init), ..ServeHttpRequest::default() };
        let chunks = body.chunks(CHUNK).map(|chunk| ServeHttpRequest {
            body_chunk: Bytes::copy_from_slice(chunk),
            ..ServeHttpRequest::default()
        });
        let end = ServeHttpRequest { body_complete: true, ..ServeHttpRequest::default() };
        let messages: Vec<_> = std::iter::once(head).chain(chunks).chain([end]).collect();
        let response = hooks.clone().serve_http(futures::stream::iter(messages)).await;
        read(response.expect("a response").into_inner()).await
    }
}

async fn read(mut response: tonic::Streaming<ServeHttpResponse>) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(message) = response.message().await.expect("a whole response") {
        body.extend_from_slice(&message.body_chunk);
        if let Some(init) = message.init {
            assert_eq!(init.status_code, 200, "{}", String::from_utf8_lossy(&body));
        }
    }
    body
}
