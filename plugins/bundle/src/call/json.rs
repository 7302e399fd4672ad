//! Requests from JSON and replies to JSON, by the descriptor set of the contract.

use anyhow::{Context as _, Result, anyhow, bail};
use bytes::Bytes;
use hookwright::{HookName, Rpc};
use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, MethodDescriptor, SerializeOptions};

/// A method of `PluginHooks`.
pub(super) struct Method {
    descriptor: MethodDescriptor,
}

/// The reply to a call.
pub(super) struct Reply {
    message: DynamicMessage,
}

impl Method {
    /// Finds a unary hook by its canonical name.
    pub(super) fn find(hook: &str) -> Result<Self> {
        if hook != "Implemented" {
            let name: HookName = hook.parse()?;
            match name.info().rpc {
                Rpc::Unary { .. } => {}
                Rpc::Stream => bail!("{name} is a stream, and cannot be sent from here"),
                Rpc::None => bail!("{name} has no RPC: no host can send it over gRPC"),
            }
        }
        let pool = DescriptorPool::decode(hookwright_proto::FILE_DESCRIPTOR_SET)?;
        let service = pool
            .get_service_by_name("mattermost.pluginapi.v1.PluginHooks")
            .context("the descriptor set has no PluginHooks")?;
        let descriptor = service
            .methods()
            .find(|method| method.name() == hook)
            .with_context(|| format!("the descriptor set has no method {hook}"))?;
        Ok(Self { descriptor })
    }

    pub(super) fn name(&self) -> &str {
        self.descriptor.name()
    }

    /// Encodes a request; what does not fit is named by its path.
    pub(super) fn request(&self, json: &str) -> Result<Bytes> {
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
        Ok(message.encode_to_vec().into())
    }

    pub(super) fn reply(&self, reply: Bytes) -> Result<Reply> {
        let message = DynamicMessage::decode(self.descriptor.output(), reply)
            .with_context(|| format!("the reply is not a {}", self.descriptor.output().name()))?;
        Ok(Reply { message })
    }
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
        ["rejection_reason", "error"].iter().any(|field| self.message.has_field_by_name(field))
    }
}
