//! Looks descriptors up, as those who ask for them name them.

use hookwright_proto::FILE_DESCRIPTOR_SET;
use prost_reflect::{DescriptorError, DescriptorPool, FileDescriptor, MessageDescriptor};
use tonic::Status;
use tonic_reflection::pb::{v1, v1alpha};

use crate::settings::quoted;

/// The files of all that is served, and the names of the services.
#[derive(Debug)]
pub(super) struct Descriptors {
    pool: DescriptorPool,
    services: Vec<&'static str>,
}

impl Descriptors {
    /// `services` are those that are listed: the files also have the API, which the host serves.
    pub(super) fn new(mut services: Vec<&'static str>) -> Result<Self, DescriptorError> {
        let mut pool = DescriptorPool::decode(FILE_DESCRIPTOR_SET)?;
        pool.decode_file_descriptor_set(v1::FILE_DESCRIPTOR_SET)?;
        pool.decode_file_descriptor_set(v1alpha::FILE_DESCRIPTOR_SET)?;
        services.sort_unstable();
        Ok(Self { pool, services })
    }

    /// The full names of what is served, sorted.
    pub(super) fn services(&self) -> &[&'static str] {
        &self.services
    }

    /// A file by its name.
    pub(super) fn file(&self, name: &str) -> Result<Vec<u8>, Status> {
        let file = self.pool.get_file_by_name(name);
        file.map(|file| file.encode_to_vec()).ok_or_else(|| unknown("file", name))
    }

    /// The file that declares what has this full name: a type, a service or a part of one.
    pub(super) fn file_of_symbol(&self, name: &str) -> Result<Vec<u8>, Status> {
        let file = self.file_of_type(name).or_else(|| self.file_of_part(name));
        file.map(|file| file.encode_to_vec()).ok_or_else(|| unknown("symbol", name))
    }

    /// The file that declares the extension of a message that has this number.
    pub(super) fn file_of_extension(&self, of: &str, number: i32) -> Result<Vec<u8>, Status> {
        let extension =
            u32::try_from(number).ok().and_then(|n| self.message(of).ok()?.get_extension(n));
        extension
            .map(|extension| extension.parent_file().encode_to_vec())
            .ok_or_else(|| Status::not_found(format!("no extension {number} of {}", quoted(of))))
    }

    /// The numbers of a message's extensions.
    pub(super) fn extension_numbers(&self, of: &str) -> Result<Vec<i32>, Status> {
        let message = self.message(of)?;
        let numbers = message.extensions().map(|extension| i32::try_from(extension.number()).ok());
        Ok(numbers.flatten().collect())
    }

    fn message(&self, name: &str) -> Result<MessageDescriptor, Status> {
        self.pool.get_message_by_name(name).ok_or_else(|| unknown("message", name))
    }

    fn file_of_type(&self, name: &str) -> Option<FileDescriptor> {
        let pool = &self.pool;
        let message = pool.get_message_by_name(name).map(|message| message.parent_file());
        message
            .or_else(|| Some(pool.get_service_by_name(name)?.parent_file()))
            .or_else(|| Some(pool.get_enum_by_name(name)?.parent_file()))
            .or_else(|| Some(pool.get_extension_by_name(name)?.parent_file()))
    }

    fn file_of_part(&self, name: &str) -> Option<FileDescriptor> {
        let (whole, part) = name.rsplit_once('.')?;
        if let Some(service) = self.pool.get_service_by_name(whole) {
            let mut methods = service.methods();
            return methods.any(|method| method.name() == part).then(|| service.parent_file());
        }
        let message = self.pool.get_message_by_name(whole);
        if let Some(message) = &message {
            let is_part = message.get_field_by_name(part).is_some()
                || message.oneofs().any(|oneof| oneof.name() == part);
            if is_part {
                return Some(message.parent_file());
            }
        }
        // The values of an enum are named beside it, not below it.
        let beside = self.pool.all_enums().find(|candidate| {
            let scope = candidate.full_name().rsplit_once('.').map(|(scope, _)| scope);
            scope == Some(whole) && candidate.get_value_by_name(part).is_some()
        });
        beside.map(|declared| declared.parent_file())
    }
}

fn unknown(kind: &str, name: &str) -> Status {
    Status::not_found(format!("no {kind} is called {}", quoted(name)))
}

#[cfg(test)]
mod tests {
    use prost_reflect::prost::Message as _;
    use prost_reflect::prost_types::FileDescriptorProto;

    use super::*;

    fn declared_in(symbol: &str) -> String {
        let file = Descriptors::new(Vec::new()).unwrap().file_of_symbol(symbol);
        file.map_or_else(
            |status| format!("{:?}", status.code()),
            |file| FileDescriptorProto::decode(&*file).unwrap().name().to_owned(),
        )
    }

    #[test]
    fn whatever_has_a_full_name_is_found_in_its_file() {
        for (symbol, file) in [
            ("mattermost.pluginapi.v1.PluginHooks", "hooks.proto"),
            ("mattermost.pluginapi.v1.PluginHooks.OnActivate", "hooks.proto"),
            ("mattermost.pluginapi.v1.Post", "post.proto"),
            ("mattermost.pluginapi.v1.Post.message", "post.proto"),
            ("grpc.health.v1.HealthListResponse.StatusesEntry", "grpc/health/v1/health.proto"),
            ("grpc.health.v1.HealthCheckResponse.ServingStatus", "grpc/health/v1/health.proto"),
            ("grpc.health.v1.HealthCheckResponse.SERVING", "grpc/health/v1/health.proto"),
            ("plugin.ConnInfo.Knock", "grpc_broker.proto"),
            ("google.protobuf.Value.kind", "google/protobuf/struct.proto"),
            ("google.protobuf.NULL_VALUE", "google/protobuf/struct.proto"),
            ("mattermost.pluginapi.v1.PluginHooks.OnNothing", "NotFound"),
            ("grpc.health.v1.HealthCheckResponse.WELL", "NotFound"),
            ("mattermost.pluginapi.v1", "NotFound"),
            ("Post", "NotFound"),
            ("", "NotFound"),
            (".", "NotFound"),
        ] {
            assert_eq!(declared_in(symbol), file, "{symbol}");
        }
    }

    #[test]
    fn messages_without_extensions_have_none() {
        let descriptors = Descriptors::new(Vec::new()).unwrap();
        let post = "mattermost.pluginapi.v1.Post";
        assert!(descriptors.extension_numbers(post).unwrap().is_empty());
        for number in [-1, 1] {
            assert!(descriptors.file_of_extension(post, number).is_err());
        }
        let unknown = descriptors.extension_numbers("Nothing").unwrap_err();
        assert_eq!(unknown.message(), "no message is called \"Nothing\"");
    }
}
