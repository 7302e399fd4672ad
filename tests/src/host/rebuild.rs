//! What a server's code gets from a hook: the reply, taken apart as the Go host takes it apart.

use hookwright_proto::prost::bytes::Bytes;
use prost_reflect::{
    DynamicMessage, MessageDescriptor, MethodDescriptor, ReflectMessage as _, Value,
};
use serde_json::{Map, Value as Json, json};
use tonic::{Code, Status};

use super::contract;
use super::error::{AppError, HostError};

/// What a server's code gets from a hook.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Nothing: it goes on with what it has.
    Unchanged,
    /// It goes on with these instead, by the fields of the reply.
    Replaced(Map<String, Json>),
    /// What was about to happen does not happen.
    Rejected(String),
    /// The value that it asked for.
    Answered(Json),
    /// An error.
    Failed(HostError),
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// What the server's code gets.
    pub outcome: Outcome,
    /// The status that is logged where the call did not end well.
    pub status: Option<(Code, String)>,
}

impl Heard {
    /// Without a call: the plugin has not said that it implements the hook.
    pub(super) fn unasked(hook: &MethodDescriptor) -> Self {
        let outcome = match value_field(&hook.output()) {
            Some("healthy") => Outcome::Answered(json!(true)),
            Some("deleted_count") => Outcome::Answered(json!(0)),
            Some("files") => Outcome::Answered(json!([])),
            Some("response") => Outcome::Answered(no_response(hook.name())),
            _ => Outcome::Unchanged,
        };
        Self { outcome, status: None }
    }

    /// From the answer to a call.
    ///
    /// # Panics
    ///
    /// If the reply is none of this hook.
    pub fn of(hook: &MethodDescriptor, answer: Result<Bytes, Status>) -> Self {
        match answer {
            Ok(reply) => {
                let reply = DynamicMessage::decode(hook.output(), reply).expect("a reply");
                Self { outcome: of_reply(hook.name(), &reply), status: None }
            }
            Err(status) => {
                let logged = (status.code(), status.message().to_owned());
                Self { outcome: of_status(hook, &status), status: Some(logged) }
            }
        }
    }
}

/// An error comes before everything else, and a rejection before a replacement.
fn of_reply(hook: &str, reply: &DynamicMessage) -> Outcome {
    if let Some(error) = message(reply, "error") {
        return Outcome::Failed(HostError::App(AppError::rebuilt(&error)));
    }
    if let Some(Value::String(reason)) = set(reply, "rejection_reason") {
        return Outcome::Rejected(reason);
    }
    match value_field(&reply.descriptor()) {
        Some("response") => Outcome::Answered(match message(reply, "response") {
            Some(response) => contract::json(&response),
            None => no_response(hook),
        }),
        Some("files") => Outcome::Answered(Json::Array(list(reply, "files"))),
        Some("healthy") => Outcome::Answered(json!(set(reply, "healthy").is_some())),
        Some("deleted_count") => {
            let count = set(reply, "deleted_count").and_then(|count| count.as_i64());
            Outcome::Answered(json!(count.unwrap_or_default()))
        }
        _ => replacement(reply),
    }
}

/// Where a hook's failure is an error to the server's code it gets one; everywhere else it goes on
/// as if the plugin had not been there, unless it asked whether a remote is alive.
fn of_status(hook: &MethodDescriptor, status: &Status) -> Outcome {
    let reply = hook.output();
    if hook.name() == "ExecuteCommand" {
        return Outcome::Failed(HostError::App(AppError::of_command(status)));
    }
    if reply.get_field_by_name("error").is_some() {
        return Outcome::Failed(HostError::Rpc(status.code(), status.message().to_owned()));
    }
    match value_field(&reply) {
        Some("healthy") => Outcome::Answered(json!(false)),
        _ => Outcome::Unchanged,
    }
}

fn replacement(reply: &DynamicMessage) -> Outcome {
    let mut replaced = Map::new();
    for field in reply.descriptor().fields() {
        let Some(value) = set(reply, field.name()) else { continue };
        let value = match (field.name(), value) {
            // An empty document, like an unset one, means that there is nothing else to save.
            ("modified_config", Value::Message(config)) => match document(&config) {
                Some(Ok(document)) => document,
                Some(Err(fault)) => return Outcome::Failed(HostError::NotJson(fault)),
                None => continue,
            },
            ("modified_notification", Value::Message(push)) => notification(&push),
            (_, Value::Message(message)) => contract::json(&message),
            (_, Value::Bytes(bytes)) => json!(bytes.to_vec()),
            ("posts", _) => Json::Array(list(reply, "posts")),
            (name, value) => panic!("a reply with {name}: {value:?}"),
        };
        replaced.insert(field.name().to_owned(), value);
    }
    match replaced.is_empty() {
        true => Outcome::Unchanged,
        false => Outcome::Replaced(replaced),
    }
}

/// The whole configuration, decoded into a fresh object.
fn document(config: &DynamicMessage) -> Option<Result<Json, String>> {
    let json = set(config, "config_json")?;
    Some(serde_json::from_slice(json.as_bytes()?).map_err(|fault| fault.to_string()))
}

/// A notification as the host has it, whose badge is a number.
#[must_use]
pub fn notification(push: &DynamicMessage) -> Json {
    let mut json = contract::json(push);
    let badge = json["badge"].as_str().and_then(|badge| badge.parse::<i64>().ok());
    json["badge"] = json!(badge.unwrap_or_default());
    json
}

/// The posts that are shown: those that came back take the place of those with their ids.
#[must_use]
pub fn shown(posts: &[Json], outcome: &Outcome) -> Vec<Json> {
    let Outcome::Replaced(fields) = outcome else { return posts.to_vec() };
    let returned = fields["posts"].as_array().expect("a list");
    let current =
        |post: &Json| returned.iter().rev().find(|other| other["id"] == post["id"]).cloned();
    posts.iter().map(|post| current(post).unwrap_or_else(|| post.clone())).collect()
}

/// A command without a response has none; a synchronisation without one has an empty one.
fn no_response(hook: &str) -> Json {
    match hook {
        "ExecuteCommand" => Json::Null,
        _ => json!({}),
    }
}

/// The field of a reply that is what the server's code asked for.
fn value_field(reply: &MessageDescriptor) -> Option<&'static str> {
    let fields = ["response", "files", "healthy", "deleted_count"];
    fields.into_iter().find(|field| reply.get_field_by_name(field).is_some())
}

/// A field, if it is there and says something.
fn set(message: &DynamicMessage, name: &str) -> Option<Value> {
    let set = message.has_field_by_name(name);
    set.then(|| message.get_field_by_name(name).map(|value| value.into_owned())).flatten()
}

fn message(message: &DynamicMessage, name: &str) -> Option<DynamicMessage> {
    set(message, name)?.as_message().cloned()
}

fn list(message: &DynamicMessage, name: &str) -> Vec<Json> {
    let items = set(message, name);
    let items = items.as_ref().and_then(Value::as_list).unwrap_or_default();
    items.iter().filter_map(Value::as_message).map(contract::json).collect()
}
