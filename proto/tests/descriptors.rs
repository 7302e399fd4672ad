//! The published descriptor set holds the whole protocol.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::collections::BTreeSet;

use hookwright_proto::{
    FILE_DESCRIPTOR_SET, SECRET_FIELDS,
    prost::Message,
    prost_types::{DescriptorProto, FileDescriptorProto, FileDescriptorSet},
};

const MATTERMOST: &str = "mattermost.pluginapi.v1";

fn files(package: &str) -> Vec<FileDescriptorProto> {
    let set = FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).unwrap();
    set.file.into_iter().filter(|file| file.package() == package).collect()
}

fn messages() -> Vec<DescriptorProto> {
    files(MATTERMOST).into_iter().flat_map(|file| file.message_type).collect()
}

fn methods(package: &str, service: &str) -> Vec<String> {
    let files = files(package);
    let service = files
        .iter()
        .flat_map(|file| &file.service)
        .find(|candidate| candidate.name() == service)
        .unwrap();
    service.method.iter().map(|method| method.name().to_owned()).collect()
}

#[test]
fn all_files_messages_and_enums_of_mattermost_are_there() {
    let files = files(MATTERMOST);
    assert_eq!(files.len(), 19);
    assert_eq!(messages().len(), 648);
    assert_eq!(files.iter().map(|file| file.enum_type.len()).sum::<usize>(), 2);
}

#[test]
fn mattermosts_services_have_all_their_methods() {
    assert_eq!(methods(MATTERMOST, "PluginHooks").len(), 42);
    assert_eq!(methods(MATTERMOST, "PluginAPI").len(), 236);
}

#[test]
fn go_plugins_services_are_there() {
    assert_eq!(methods("plugin", "GRPCController"), ["Shutdown"]);
    assert_eq!(methods("plugin", "GRPCStdio"), ["StreamStdio"]);
    assert_eq!(methods("plugin", "GRPCBroker"), ["StartStream"]);
}

#[test]
fn health_has_the_methods_of_today() {
    assert_eq!(methods("grpc.health.v1", "Health"), ["Check", "List", "Watch"]);
}

#[test]
fn our_own_services_are_there() {
    assert_eq!(methods("hookwright.events.v1", "Events"), ["Trigger", "List", "Watch"]);
    let fleet = ["Register", "Get", "List", "Remove", "Prune"];
    assert_eq!(methods("hookwright.fleet.v1", "Fleet"), fleet);
    assert_eq!(methods("hookwright.hooks.v1", "Hooks").len(), 10);
}

#[test]
fn the_set_stands_on_its_own() {
    let set = FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).unwrap();
    let mut seen = BTreeSet::new();
    for file in &set.file {
        for import in &file.dependency {
            assert!(seen.contains(import), "{} comes before its import {import}", file.name());
        }
        seen.insert(file.name().to_owned());
    }
    for import in ["struct", "wrappers", "empty"] {
        assert!(seen.contains(&format!("google/protobuf/{import}.proto")));
    }
}

#[test]
fn comments_are_left_out_of_the_set() {
    assert!(files(MATTERMOST).iter().all(|file| file.source_code_info.is_none()));
}

/// What the name of a secret looks like.
const SECRET_WORDS: [&str; 17] = [
    "api_key",
    "assertion",
    "auth_data",
    "config_json",
    "cookie",
    "credential",
    "csrf",
    "device_id",
    "headers",
    "invite_id",
    "mfa_secret",
    "passphrase",
    "password",
    "private_key",
    "secret",
    "session_id",
    "token",
];

/// Fields that only look like one, and why they are none.
const NO_SECRETS: [(&str, &str, &str); 1] =
    [("User", "last_password_update", "a time, not a password")];

#[test]
fn every_field_whose_name_looks_like_a_secret_is_on_the_list() {
    let messages = messages();
    let names: BTreeSet<_> =
        messages.iter().map(|message| format!(".{MATTERMOST}.{}", message.name())).collect();
    let mut exceptions = BTreeSet::new();
    for message in &messages {
        let full_name = format!("{MATTERMOST}.{}", message.name());
        for field in &message.field {
            let looks_secret = SECRET_WORDS.iter().any(|word| field.name().contains(word));
            // A nested message sees to its own secrets.
            let nested = names.contains(field.type_name());
            if !looks_secret || nested {
                continue;
            }
            if let Some(exception) = NO_SECRETS
                .iter()
                .find(|(of, name, _)| *of == message.name() && *name == field.name())
            {
                exceptions.insert(exception);
                continue;
            }
            let listed = SECRET_FIELDS
                .iter()
                .any(|secret| secret.message == full_name && secret.field == field.name());
            assert!(listed, "{full_name}.{} looks like a secret but is printed", field.name());
        }
    }
    assert_eq!(exceptions.len(), NO_SECRETS.len(), "an exception is not needed");
}
