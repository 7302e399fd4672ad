//! A plugin process and its host, and the one way to check a call.

use std::collections::BTreeMap;

use fixture_parity_script::{Action, Argument, Script, Told};
use hookwright_proto::prost::bytes::Bytes;
use prost_reflect::{DynamicMessage, FieldDescriptor};
use serde_json::{Value as Json, json};
use tonic::Code;

use super::{Expected, Hook, Play, Sampler, a_request, expected};
use crate::host::{Heard, Host, HostError, Outcome, Protocol, contract};
use crate::{Plugin, hosted};

/// The plugin that is asked first where both are there.
pub const FIRST: &str = "com.example.parity.first";
/// The other one.
pub const SECOND: &str = "com.example.parity.second";

/// A process whose handlers do what a test says.
#[derive(Debug)]
pub struct Stage {
    /// The process.
    pub plugin: Plugin,
    /// Its host.
    pub host: Host,
}

impl Stage {
    /// Starts a program, and asks what it implements.
    pub async fn start(program: &str) -> Self {
        Self::start_over(program, Protocol::Grpc).await
    }

    /// The same, over either protocol.
    pub async fn start_over(program: &str, protocol: Protocol) -> Self {
        let mut command = hosted(program);
        if protocol == Protocol::NetRpc {
            command.env("HOOKWRIGHT_PROTOCOL", "netrpc");
        }
        // These handlers fail more often than a good handler would.
        command.env("HOOKWRIGHT_QUARANTINE_FAILURES", "0");
        let plugin = Plugin::start(command).await;
        let host = Host::of(&plugin, protocol).await;
        Self { plugin, host }
    }

    /// The same with a process that runs already.
    pub async fn of(plugin: Plugin) -> Self {
        let host = Host::of(&plugin, Protocol::Grpc).await;
        Self { plugin, host }
    }

    /// A request of a hook, as far as the protocol can carry it.
    ///
    /// # Panics
    ///
    /// If the contract does not have the hook as the table does.
    pub fn a_request(&self, hook: &Hook, sampler: &mut Sampler) -> DynamicMessage {
        self.host.carried(hook.name, a_request(hook, sampler))
    }

    /// Says what the handlers of a hook do from now on.
    ///
    /// # Panics
    ///
    /// If the process does not take it.
    pub async fn script(&self, hook: &str, actions: &[(&str, &Action)]) {
        let actions: BTreeMap<_, _> =
            actions.iter().map(|(id, action)| ((*id).to_owned(), (*action).clone())).collect();
        let script = Script { hook: hook.to_owned(), actions };
        self.host.post("/script", &serde_json::to_vec(&script).expect("JSON")).await;
    }

    /// The calls of a hook's handlers since it was last scripted or this was asked, in order.
    ///
    /// # Panics
    ///
    /// If the process does not say.
    pub async fn told(&self, hook: &str) -> Vec<Told> {
        let told = self.host.post(&format!("/told?{hook}"), b"").await;
        serde_json::from_slice(&told).expect("JSON")
    }

    /// Makes a call in which the handlers of these plugins do these things.
    ///
    /// # Errors
    ///
    /// How what came of it differs from what is expected.
    pub async fn check(
        &self,
        hook: &Hook,
        request: &DynamicMessage,
        plays: &[(&str, &Play)],
    ) -> Result<(), String> {
        let actions: Vec<_> = plays.iter().map(|(id, play)| (*id, &play.action)).collect();
        self.script(hook.name, &actions).await;
        let heard = self.host.call(hook.name, request).await;
        let told = self.told(hook.name).await;

        let effects: Vec<_> = plays.iter().map(|(_, play)| play.effect.clone()).collect();
        let Expected { heard: expected, given } = expected(hook, request, &effects);
        let differs = |what: &str, is: String, expected: String| {
            let plays: Vec<_> = plays.iter().map(|(_, play)| play.name.as_str()).collect();
            let (is, expected) = around_the_difference(&is, &expected);
            let over = self.host.protocol();
            let call = format!("{} over {over:?}, {}", hook.name, plays.join(" and "));
            Err(format!("{call}: {what}\n    {is}\nand not\n    {expected}"))
        };
        let comparable = |heard| match self.host.protocol() {
            Protocol::Grpc => comparable(heard),
            Protocol::NetRpc => carriable(comparable(heard)),
        };
        let (heard, expected) = (comparable(heard), comparable(expected));
        if heard != expected {
            return differs("the host has", format!("{heard:?}"), format!("{expected:?}"));
        }
        let request_id = request_id(request);
        let expected = plays.iter().zip(given).map(|((id, _), given)| (*id, &*request_id, given));
        let told = told.iter().map(|told| {
            (told.plugin.as_str(), told.request_id.as_str(), arguments(hook, &told.arguments))
        });
        let (told, expected): (Vec<_>, Vec<_>) = (told.collect(), expected.collect());
        match told == expected {
            true => Ok(()),
            false => differs("asked were", format!("{told:?}"), format!("{expected:?}")),
        }
    }
}

/// Of two long texts what is around the first place where they differ.
fn around_the_difference(one: &str, other: &str) -> (String, String) {
    let same = one.chars().zip(other.chars()).take_while(|(one, other)| one == other).count();
    let around = |text: &str| text.chars().skip(same.saturating_sub(200)).take(600).collect();
    (around(one), around(other))
}

fn request_id(request: &DynamicMessage) -> String {
    let caller = request.get_field_by_name("plugin_context");
    let id =
        caller.as_ref().and_then(|caller| caller.as_message()?.get_field_by_name("request_id"));
    id.and_then(|id| Some(id.as_str()?.to_owned())).unwrap_or_default()
}

/// The order of posts says nothing to a host, and the time that a handler took nothing to a test.
fn comparable(mut heard: Heard) -> Heard {
    if let Outcome::Replaced(fields) = &mut heard.outcome
        && let Some(Json::Array(posts)) = fields.get_mut("posts")
    {
        posts.sort_by_key(|post| post["id"].to_string());
    }
    if let Outcome::Failed(HostError::App(error)) = &mut heard.outcome {
        without_time(&mut error.id);
        without_time(&mut error.details);
    }
    if let Some((_, text)) = &mut heard.status {
        without_time(text);
    }
    heard
}

/// What net/rpc can carry of it: errors have no code and no parameters, a key of a map can be emptied
/// and not taken away, some fields are none of Go's, and a configuration comes back whole.
fn carriable(mut heard: Heard) -> Heard {
    if let Some((code, _)) = &mut heard.status {
        *code = Code::Unknown;
    }
    match &mut heard.outcome {
        Outcome::Failed(HostError::App(error)) => error.params = Json::Null,
        Outcome::Answered(answer) => without(answer),
        Outcome::Replaced(fields) => {
            for (field, value) in fields {
                without(value);
                if field == "modified_config" {
                    *value = json!("a configuration");
                }
            }
        }
        _ => {}
    }
    heard
}

/// Takes out of a message what cannot be carried: what Go has no field for, or as something else, and
/// maps within lists and metadata, of which a key stays.
fn without(value: &mut Json) {
    let known = ["attachments", "contAva", "metadata", "participants"];
    match value {
        Json::Object(object) => {
            object.retain(|name, value| !value.is_null() && !known.contains(&&**name));
            object.values_mut().for_each(without);
        }
        Json::Array(list) => list.iter_mut().for_each(without),
        _ => {}
    }
}

/// Takes the time off what says that a handler's own limit has passed: it is a little above 3 s.
fn without_time(text: &mut String) {
    let words = "the handler did not finish within";
    let Some((before, time)) = text.split_once(words) else { return };
    let time: Option<u32> = time.trim().strip_suffix(" ms").and_then(|time| time.parse().ok());
    if time.is_some_and(|time| (2_500..4_500).contains(&time)) {
        *text = format!("{before}{words}");
    }
}

/// What a handler was given, as the JSON of the contract.
fn arguments(hook: &Hook, arguments: &[Argument]) -> Vec<Json> {
    let fields: Vec<_> = contract::arguments(&contract::hook(hook.name).input()).collect();
    assert_eq!(fields.len(), arguments.len(), "{}: {arguments:?}", hook.name);
    fields.iter().zip(arguments).map(|(field, argument)| as_json(field, argument)).collect()
}

fn as_json(field: &FieldDescriptor, argument: &Argument) -> Json {
    let message = |bytes: &Vec<u8>| {
        let kind = field.kind();
        let descriptor = kind.as_message().expect("a message").clone();
        let message = DynamicMessage::decode(descriptor, Bytes::copy_from_slice(bytes));
        contract::json(&message.expect("an encoded message"))
    };
    match argument {
        Argument::Nobody => Json::Null,
        Argument::Message(bytes) => message(bytes),
        Argument::Messages(items) => items.iter().map(message).collect(),
        Argument::Bytes(bytes) => json!(bytes),
        Argument::Text(text) => json!(text),
        Argument::Number(number) => json!(number),
    }
}
