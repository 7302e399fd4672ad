//! How what several handlers do becomes one answer, and what each of them is given.

use prost_reflect::{DynamicMessage, ReflectMessage as _, Value};
use serde_json::{Map, Value as Json, json};

use super::mail::{content_of, write_content};
use super::request::measure;
use super::{Effect, Errors, Failure, Form, Hook, OnFailure};
use crate::host::{AppError, Heard, HostError, Outcome, contract, notification};

/// What is expected of one call.
#[derive(Debug, PartialEq)]
pub struct Expected {
    /// What the host makes of it.
    pub heard: Heard,
    /// The arguments of each handler that is asked, in order.
    pub given: Vec<Vec<Json>>,
}

/// What comes of a call in which the handlers, in order, do these things.
#[must_use]
pub fn expected(hook: &Hook, request: &DynamicMessage, effects: &[Effect]) -> Expected {
    let mut given = Vec::new();
    let heard = fold(hook, request, effects, &mut given);
    Expected { heard, given }
}

fn fold(
    hook: &Hook,
    request: &DynamicMessage,
    effects: &[Effect],
    given: &mut Vec<Vec<Json>>,
) -> Heard {
    let mut now = request.clone();
    let mut content = None;
    let (mut sum, mut all, mut files) = (0_i64, true, Vec::new());
    let mut has_answered = false;
    let mut failed = None;
    for effect in effects {
        given.push(arguments(&handed_on(request, &now)));
        match effect {
            Effect::Fail(failure) if hook.on_failure == OnFailure::Ends => {
                return told(hook, failure);
            }
            Effect::Fail(failure) => {
                failed.get_or_insert(failure);
                continue;
            }
            Effect::Decline => continue,
            Effect::Reject(reason) => return heard(rejection(hook, reason)),
            Effect::Answer(value) => return heard(Outcome::Answered(value.clone())),
            Effect::Pass => {}
            Effect::Replace(arguments) => {
                for (field, value) in arguments {
                    now.set_field_by_name(field, value.clone());
                }
            }
            Effect::Content(new) => {
                write_content(&mut now, new);
                content = Some(new);
            }
            Effect::Posts(posts) => posts.iter().for_each(|post| write_post(&mut now, post)),
            Effect::Number(number) => sum = sum.saturating_add(*number),
            Effect::Flag(flag) => all &= flag,
            Effect::Files(more) => files.extend(more.iter().cloned()),
        }
        has_answered = true;
    }
    if let Some(failure) = failed
        && (!has_answered || hook.on_failure == OnFailure::Reported)
    {
        return told(hook, failure);
    }
    heard(match hook.form {
        Form::Nothing => Outcome::Unchanged,
        Form::Filter(replaces) => changed(request, &now, replaces),
        Form::Mail => match content {
            Some(new) if *new != content_of(&argument(request, "email_notification")) => {
                replaced("modified_content", contract::json(new))
            }
            _ => Outcome::Unchanged,
        },
        Form::Posts => changed_posts(request, &now),
        Form::Value(Some(id)) => Outcome::Failed(HostError::App(AppError {
            place: hook.name.to_owned(),
            id: id.to_owned(),
            params: Json::Null,
            details: String::new(),
            status: 501,
        })),
        Form::Value(None) => Outcome::Answered(json!({})),
        Form::Sum => Outcome::Answered(json!(sum)),
        Form::All => Outcome::Answered(json!(all)),
        Form::Files => Outcome::Answered(Json::Array(files)),
    })
}

fn heard(outcome: Outcome) -> Heard {
    Heard { outcome, status: None }
}

/// What the next handler is given: of a file whose content is another one by now, the new size.
fn handed_on(request: &DynamicMessage, now: &DynamicMessage) -> DynamicMessage {
    let mut now = now.clone();
    let content = |message: &DynamicMessage| {
        message.get_field_by_name("file_content").map(|content| content.into_owned())
    };
    if content(&now) != content(request) {
        measure(&mut now);
    }
    now
}

/// A failure that is the answer of the whole call.
fn told(hook: &Hook, failure: &Failure) -> Heard {
    let id = match hook.errors {
        Errors::Status => {
            let outcome = match hook.form {
                Form::All => Outcome::Answered(json!(false)),
                _ => Outcome::Unchanged,
            };
            let text = format!("{}: {}", hook.name, failure.text);
            return Heard { outcome, status: Some((failure.code, text)) };
        }
        Errors::Logged(id) => id,
        Errors::Shown => &failure.text,
    };
    heard(Outcome::Failed(HostError::App(match &failure.own {
        Some(own) => AppError {
            place: own.place.clone(),
            id: own.id.clone(),
            params: own.params.clone().into(),
            details: own.details.clone(),
            status: own.status_code,
        },
        None => AppError {
            place: hook.name.to_owned(),
            id: id.to_owned(),
            params: Json::Null,
            details: failure.text.clone(),
            status: failure.status,
        },
    })))
}

/// A refusal; where the reply has no place for a reason it is an error that says it.
fn rejection(hook: &Hook, reason: &str) -> Outcome {
    match hook.errors {
        Errors::Status => Outcome::Rejected(reason.to_owned()),
        _ => Outcome::Failed(HostError::App(AppError {
            place: String::new(),
            id: reason.to_owned(),
            params: Json::Null,
            details: reason.to_owned(),
            status: 400,
        })),
    }
}

/// What of a replacement is sent: what differs from what the host has.
fn changed(request: &DynamicMessage, now: &DynamicMessage, replaces: &[(&str, &str)]) -> Outcome {
    let mut fields = Map::new();
    for (field, reply) in replaces {
        let value = argument(now, field);
        if value != argument(request, field) {
            fields.insert((*reply).to_owned(), as_the_host_has_it(reply, &value));
        }
    }
    match fields.is_empty() {
        true => Outcome::Unchanged,
        false => Outcome::Replaced(fields),
    }
}

fn as_the_host_has_it(reply: &str, value: &Value) -> Json {
    match value {
        Value::Bytes(bytes) => json!(bytes.to_vec()),
        Value::Message(push) if reply == "modified_notification" => notification(push),
        Value::Message(config) if reply == "modified_config" => {
            let json = argument(config, "config_json");
            serde_json::from_slice(json.as_bytes().expect("bytes")).expect("a document")
        }
        Value::Message(message) => contract::json(message),
        value => panic!("{value:?} is nothing to replace"),
    }
}

fn changed_posts(request: &DynamicMessage, now: &DynamicMessage) -> Outcome {
    let (before, now) = (argument(request, "posts"), argument(now, "posts"));
    let pairs = before.as_list().expect("a list").iter().zip(now.as_list().expect("a list"));
    let changed =
        pairs.filter(|(before, now)| before != now).filter_map(|(_, now)| now.as_message());
    let changed: Vec<_> = changed.map(contract::json).collect();
    match changed.is_empty() {
        true => Outcome::Unchanged,
        false => replaced("posts", Json::Array(changed)),
    }
}

fn replaced(field: &str, value: Json) -> Outcome {
    Outcome::Replaced([(field.to_owned(), value)].into_iter().collect())
}

/// A field of a message; an empty message if it is one that is not there.
pub(super) fn argument(message: &DynamicMessage, field: &str) -> Value {
    let value = message.get_field_by_name(field);
    value.unwrap_or_else(|| panic!("no field {field}: {message:?}")).into_owned()
}

/// The arguments of a handler that is given this request.
pub(super) fn arguments(request: &DynamicMessage) -> Vec<Json> {
    let is_nobody = |name: &str| name == "actor" && !request.has_field_by_name(name);
    contract::arguments(&request.descriptor())
        .map(|field| match &*request.get_field(&field) {
            _ if is_nobody(field.name()) => Json::Null,
            Value::Message(message) => contract::json(message),
            Value::List(items) => {
                items.iter().filter_map(Value::as_message).map(contract::json).collect()
            }
            Value::Bytes(bytes) => json!(bytes.to_vec()),
            Value::String(text) => json!(text),
            Value::I64(number) => json!(number),
            value => panic!("{value:?} is nothing that a handler takes"),
        })
        .collect()
}

fn write_post(request: &mut DynamicMessage, post: &DynamicMessage) {
    let id = post.get_field_by_name("id");
    let Some(Value::List(posts)) = request.get_field_by_name_mut("posts") else { return };
    for earlier in posts.iter_mut() {
        if earlier.as_message().and_then(|post| post.get_field_by_name("id")) == id {
            *earlier = Value::Message(post.clone());
        }
    }
}
