//! Messages by prost, services by tonic.

use anyhow::{Context, Result};
use prost_build::{Config, Module};
use prost_types::FileDescriptorSet;

use crate::{
    descriptors::{EVENTS, FLEET, GO_PLUGIN, HEALTH, HOOKS, MATTERMOST},
    redact,
};

/// Keeps tonic out of a build without the feature.
const GRPC_ONLY: &str = "#[cfg(feature = \"grpc\")]";

/// The code of each package.
pub(crate) struct Packages {
    pub(crate) mattermost: String,
    pub(crate) go_plugin: String,
    pub(crate) health: String,
    pub(crate) events: String,
    pub(crate) fleet: String,
    pub(crate) hooks: String,
}

/// Generates the code of all packages.
///
/// A plugin reads the hooks' bytes by itself and only calls the API, so that Mattermost's services
/// get clients but no servers.
pub(crate) fn generate(set: &FileDescriptorSet) -> Result<Packages> {
    Ok(Packages {
        mattermost: generate_package(set, MATTERMOST, Servers::No)?,
        go_plugin: generate_package(set, GO_PLUGIN, Servers::Yes)?,
        health: generate_package(set, HEALTH, Servers::Yes)?,
        events: generate_package(set, EVENTS, Servers::Yes)?,
        fleet: generate_package(set, FLEET, Servers::Yes)?,
        hooks: generate_package(set, HOOKS, Servers::No)?,
    })
}

#[derive(PartialEq)]
enum Servers {
    Yes,
    No,
}

fn generate_package(set: &FileDescriptorSet, package: &str, servers: Servers) -> Result<String> {
    let services = tonic_prost_build::configure()
        .build_transport(false)
        .build_server(servers == Servers::Yes)
        .client_mod_attribute(".", GRPC_ONLY)
        .server_mod_attribute(".", GRPC_ONLY)
        .service_generator();
    // Prost wants to see all files; it takes Google's messages from prost-types, and those of
    // another package from the module of that one.
    let files = set
        .file
        .iter()
        .filter(|file| {
            let seen = [package, FLEET, MATTERMOST].contains(&file.package());
            seen || file.package().starts_with("google.")
        })
        .map(|file| (Module::from_protobuf_package_name(file.package()), file.clone()))
        .collect();
    let mut config = Config::new();
    if package != FLEET {
        config.extern_path(format!(".{FLEET}"), "crate::fleet");
    }
    if package != MATTERMOST {
        config.extern_path(format!(".{MATTERMOST}"), "crate::mattermost");
    }
    let mut code = config
        .bytes(["."])
        .skip_debug(redact::messages().map(|name| format!(".{MATTERMOST}.{name}")))
        .service_generator(services)
        .format(false)
        .generate(files)?;
    let code = code
        .remove(&Module::from_protobuf_package_name(package))
        .context("no code was generated")?;
    Ok(code)
}
