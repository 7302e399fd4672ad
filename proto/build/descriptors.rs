//! From `.proto` files to a descriptor set, without `protoc`.

use anyhow::{Context, Result};
use prost::Message;
use prost_types::{DescriptorProto, FileDescriptorProto, FileDescriptorSet};

/// The package of Mattermost's services.
pub(crate) const MATTERMOST: &str = "mattermost.pluginapi.v1";

/// The package of go-plugin's services.
pub(crate) const GO_PLUGIN: &str = "plugin";

/// The package of gRPC's standard health service.
pub(crate) const HEALTH: &str = "grpc.health.v1";

/// The package of events.
pub(crate) const EVENTS: &str = "hookwright.events.v1";

/// The package of the fleet application, whose clients the events are about.
pub(crate) const FLEET: &str = "hookwright.fleet.v1";

/// The package of the hooks that Mattermost's contract lacks.
pub(crate) const HOOKS: &str = "hookwright.hooks.v1";

/// The files that lead to all others by their imports.
const ROOTS: [&str; 9] = [
    "hooks.proto",
    "api.proto",
    "grpc_broker.proto",
    "grpc_controller.proto",
    "grpc_stdio.proto",
    "grpc/health/v1/health.proto",
    "hookwright/events/v1/events.proto",
    "hookwright/fleet/v1/fleet.proto",
    "hookwright/hooks/v1/hooks.proto",
];

/// Compiles all files with their imports and comments.
pub(crate) fn compile() -> Result<FileDescriptorSet> {
    let folders = ["protos/mattermost/pluginapi/v1", "protos/plugin", "protos/health", "protos"];
    let set = protox::Compiler::new(folders)?
        .include_source_info(true)
        .include_imports(true)
        .open_files(ROOTS)?
        .file_descriptor_set();
    Ok(set)
}

/// The set as it is published: without the comments and source positions, which are most of it.
pub(crate) fn encode(mut set: FileDescriptorSet) -> Vec<u8> {
    for file in &mut set.file {
        file.source_code_info = None;
    }
    set.encode_to_vec()
}

/// The files of a package.
pub(crate) fn package<'a>(
    set: &'a FileDescriptorSet,
    package: &'a str,
) -> impl Iterator<Item = &'a FileDescriptorProto> {
    set.file.iter().filter(move |file| file.package() == package)
}

/// A top-level message of Mattermost's package.
pub(crate) fn message<'a>(set: &'a FileDescriptorSet, name: &str) -> Result<&'a DescriptorProto> {
    package(set, MATTERMOST)
        .flat_map(|file| &file.message_type)
        .find(|message| message.name() == name)
        .with_context(|| format!("no message {name}"))
}
