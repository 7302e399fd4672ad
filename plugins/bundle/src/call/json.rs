//! Requests from JSON and replies to JSON, by the descriptor set of the contract.

use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use bytes::Bytes;
use hookwright::HookName;
use hookwright::proto::ServeHttpRequestInit;
use hookwright_runtime::host::HookClient;
use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, MethodDescriptor, SerializeOptions};
use tonic::Status;

/// A method of either service of hooks.
pub(super) struct Method {
    descriptor: MethodDescriptor,
}

/// Whether a host that speaks gRPC never sends a hook.
pub(super) fn is_netrpc_only(hook: &str) -> bool {
    hook.parse().is_ok_and(HookName::is_netrpc_only)
}

/// What is sent to it.
pub(super) enum Request {
    /// An encoded message.
    Message(Bytes),
    /// The head of an HTTP request, and its body.
    Http(Box<ServeHttpRequestInit>, Bytes),
}

/// The reply to a call.
pub(super) struct Reply {
    message: DynamicMessage,
}

impl Method {
    /// Finds a hook by its canonical name.
    pub(super) fn find(hook: &str) -> Result<Self> {
        if hook != "Implemented" {
            let name: HookName = hook.parse()?;
            if name.is_event() {
                bail!("{name} is an event, not a hook: it is triggered by hookwright.events.v1");
            }
        }
        let pool = DescriptorPool::decode(hookwright_proto::FILE_DESCRIPTOR_SET)?;
        // The second one has what only hosts of net/rpc send.
        let services = ["mattermost.pluginapi.v1.PluginHooks", "hookwright.hooks.v1.Hooks"];
        let descriptor = services
            .into_iter()
            .filter_map(|service| pool.get_service_by_name(service))
            .find_map(|service| service.methods().find(|method| method.name() == hook))
            .with_context(|| format!("the descriptor set has no method {hook}"))?;
        Ok(Self { descriptor })
    }

    /// Makes a request; what does not fit is named by its path.
    pub(super) fn request(&self, json: &str) -> Result<Request> {
        if self.descriptor.is_client_streaming() {
            let (head, body) = super::http::request(json)?;
            return Ok(Request::Http(Box::new(head), body));
        }
        let mut reader = serde_json::Deserializer::from_str(json);
        let mut track = serde_path_to_error::Track::new();
        let message = DynamicMessage::deserialize(
            self.descriptor.input(),
            serde_path_to_error::Deserializer::new(&mut reader, &mut track),
        )
        // A question mark stands for a field whose name could not be read.
        .map_err(|fault| match track.path().to_string().trim_end_matches(['.', '?']) {
            "" => anyhow!("--json is not a {}: {fault}", self.descriptor.input().name()),
            path => anyhow!("--json: field `{path}`: {fault}"),
        })?;
        reader.end().context("--json: after the document")?;
        Ok(Request::Message(message.encode_to_vec().into()))
    }

    /// Sends a request, and returns the encoded reply.
    pub(super) async fn send(
        &self,
        client: &HookClient,
        request: Request,
        timeout: Duration,
    ) -> Result<Bytes, Status> {
        match request {
            Request::Message(message) => {
                client.call(self.descriptor.name(), message, timeout).await
            }
            Request::Http(head, body) => {
                let page: HookName = self.descriptor.name().parse().map_err(unknown)?;
                let response = client.serve_page(page, *head, body, timeout).await?;
                Ok(response.encode_to_vec().into())
            }
        }
    }

    pub(super) fn reply(&self, reply: Bytes) -> Result<Reply> {
        let message = DynamicMessage::decode(self.descriptor.output(), reply)
            .with_context(|| format!("the reply is not a {}", self.descriptor.output().name()))?;
        Ok(Reply { message })
    }
}

fn unknown(error: hookwright::UnknownHook) -> Status {
    Status::unimplemented(error.to_string())
}

impl Reply {
    /// Canonical proto JSON.
    pub(super) fn text(&self) -> Result<String> {
        let mut writer = serde_json::Serializer::new(Vec::new());
        self.message.serialize_with_options(&mut writer, &SerializeOptions::new())?;
        Ok(String::from_utf8(writer.into_inner())?)
    }

    /// Whether it holds a rejection or an error.
    pub(super) fn is_refusal(&self) -> bool {
        // A reply that has no such field does not have it set either.
        let says_no = |field: &str| self.message.has_field_by_name(field);
        ["rejection_reason", "error"].into_iter().any(says_no) || self.is_http_error()
    }

    /// Whether it is an HTTP response with a status from 400 on.
    fn is_http_error(&self) -> bool {
        let init = self.message.get_field_by_name("init");
        let status = init
            .as_deref()
            .and_then(|init| init.as_message()?.get_field_by_name("status_code")?.as_i32());
        status.is_some_and(|status| status >= 400)
    }
}
