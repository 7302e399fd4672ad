//! Which methods there are, and which of them the world answers.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use bytes::Bytes;
use prost::Message;
use prost_types::FileDescriptorSet;
use tonic::Status;

use super::refuse::Refusal;
use super::world::World;
use super::{
    bots, channels, commands, config, direct, files, kv, members, permissions, posts, preferences,
    reactions, refuse, said, system, teams, threads, uploads, users,
};

/// Answers a method, on encoded messages.
pub(super) type Answer = fn(&mut World, Bytes) -> Result<Bytes, Status>;

/// Methods by their names on the wire.
pub(super) type Topic = &'static [(&'static str, Answer)];

/// What the world answers, by topic.
const TOPICS: &[Topic] = &[
    bots::METHODS,
    channels::METHODS,
    commands::METHODS,
    config::METHODS,
    direct::METHODS,
    files::METHODS,
    kv::METHODS,
    members::METHODS,
    permissions::METHODS,
    posts::METHODS,
    preferences::METHODS,
    reactions::METHODS,
    said::METHODS,
    system::METHODS,
    teams::METHODS,
    threads::METHODS,
    uploads::METHODS,
    users::METHODS,
];

/// A topic's methods, each as `Name: function`. A function takes the world and a request, and
/// returns a reply or the error that goes into it.
macro_rules! topic {
    ($($name:ident: $function:ident),+ $(,)?) => {
        pub(super) const METHODS: $crate::server::methods::Topic = &[
            $((stringify!($name), |world, body| {
                $crate::server::methods::run(world, body, $function)
            })),+
        ];
    };
}
pub(super) use topic;

/// Runs one method.
pub(super) fn run<Q, R>(
    world: &mut World,
    body: Bytes,
    method: impl FnOnce(&mut World, Q) -> Result<R, Refusal>,
) -> Result<Bytes, Status>
where
    Q: Message + Default,
    R: Message,
{
    let request = Q::decode(body).map_err(|fault| Status::internal(fault.to_string()))?;
    Ok(match method(world, request) {
        Ok(reply) => reply.encode_to_vec().into(),
        Err(error) => refuse::reply(*error),
    })
}

/// What answers a method.
pub(super) fn find(method: &str) -> Option<Answer> {
    let mut methods = TOPICS.iter().copied().flatten();
    methods.find(|(name, _)| *name == method).map(|(_, answer)| *answer)
}

/// Whether the contract has such a method.
pub(super) fn is_known(method: &str) -> bool {
    CONTRACT.contains(method)
}

/// A misspelt method would never be called, and a test pass that tests nothing.
#[track_caller]
pub(super) fn assert_known(method: &str) {
    assert!(
        is_known(method),
        "the plugin API has no method \"{method}\"; methods are called as on the wire, such as \
         CreatePost"
    );
}

static CONTRACT: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let set = FileDescriptorSet::decode(hookwright_proto::FILE_DESCRIPTOR_SET).unwrap_or_default();
    let services = set.file.into_iter().flat_map(|file| file.service);
    let api = services.filter(|service| service.name() == "PluginAPI");
    api.flat_map(|service| service.method).map(|method| method.name().to_owned()).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_that_is_answered_is_one_of_the_contract_and_answered_once() {
        let mut names = BTreeSet::new();
        for (name, _) in TOPICS.iter().copied().flatten() {
            assert!(is_known(name), "{name}");
            assert!(names.insert(name), "{name} is there twice");
        }
        assert!(!is_known("Createpost"));
    }

    #[test]
    fn the_error_of_every_reply_is_in_the_field_that_refusals_go_into() {
        let set = FileDescriptorSet::decode(hookwright_proto::FILE_DESCRIPTOR_SET).unwrap();
        let messages: Vec<_> = set.file.iter().flat_map(|file| &file.message_type).collect();
        for method in CONTRACT.iter() {
            let reply = format!("{method}Response");
            let reply = messages.iter().find(|message| message.name() == reply).unwrap();
            let error = reply.field.iter().find(|field| field.name() == "error").unwrap();
            assert_eq!(
                (error.number(), error.type_name()),
                (1, ".mattermost.pluginapi.v1.AppError")
            );
        }
    }
}
