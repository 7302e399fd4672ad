//! What a handler can do in a hook: each with what it is told to do and what that means.

use fixture_parity_script::{Action, Answer};
use hookwright_proto::prost::Message as _;
use prost_reflect::{DynamicMessage, ReflectMessage as _, Value};
use serde_json::Value as Json;

use super::mail::content_of;
use super::model::argument;
use super::{Failure, Form, Hook, Sampler};
use crate::host::contract;

/// Something that a handler can do.
#[derive(Debug, Clone)]
pub struct Play {
    /// It in words.
    pub name: String,
    /// What its handler is told.
    pub action: Action,
    /// What that means.
    pub effect: Effect,
}

/// What a handler's doing means, whichever hook it is.
#[derive(Debug, Clone)]
pub enum Effect {
    /// It has nothing against it, and nothing to add.
    Pass,
    /// It leaves the answer to the next one.
    Decline,
    /// These arguments take the place of those that it was given.
    Replace(Vec<(&'static str, Value)>),
    /// This content takes the place of the mail's.
    Content(DynamicMessage),
    /// These posts take the place of those with their ids.
    Posts(Vec<DynamicMessage>),
    /// It refuses, for this reason.
    Reject(String),
    /// It has the value.
    Answer(Json),
    /// It counts this many.
    Number(i64),
    /// It says yes or no.
    Flag(bool),
    /// It adds these files.
    Files(Vec<Json>),
    /// It does not answer.
    Fail(Failure),
}

impl Play {
    fn new(name: &str, answer: Answer, effect: Effect) -> Self {
        Self { name: name.to_owned(), action: Action::Answer(answer), effect }
    }

    fn reject(reason: &str, told: &str) -> Self {
        let effect = Effect::Reject(told.to_owned());
        Self::new(&format!("reject {reason:?}"), Answer::Reject(reason.to_owned()), effect)
    }
}

/// All that a handler can answer in this call of its hook.
pub fn plays(hook: &Hook, request: &DynamicMessage, sampler: &mut Sampler) -> Vec<Play> {
    match hook.form {
        Form::Nothing => vec![Play::new("pass", Answer::Plain, Effect::Pass)],
        Form::Filter([]) => refusals(),
        Form::Filter(&[(field, _)]) => {
            let mut plays = refusals();
            for (name, value) in [
                ("replace", new(request, field, sampler)),
                ("replace by the same", argument(request, field)),
                ("empty what is set", emptied(&argument(request, field))),
            ] {
                let message = value.as_message().expect("a message").encode_to_vec();
                let effect = Effect::Replace(vec![(field, value)]);
                plays.push(Play::new(name, Answer::Message(message), effect));
            }
            if field.contains("post") {
                let constant = "plugin.message_will_be_posted.dismiss_post".to_owned();
                plays.push(Play::new("dismiss", Answer::Dismiss, Effect::Reject(constant)));
            }
            plays
        }
        Form::Filter(_) => [refusals(), uploads(request, sampler)].concat(),
        Form::Mail => {
            let other = sampler.message(&contract::message("EmailNotificationContent"));
            let same = content_of(&argument(request, "email_notification"));
            let replace = |name, content: DynamicMessage| {
                let answer = Answer::Message(content.encode_to_vec());
                Play::new(name, answer, Effect::Content(content))
            };
            let replacements = [replace("replace", other), replace("replace by the same", same)];
            refusals().into_iter().chain(replacements).collect()
        }
        Form::Posts => posts(request, sampler),
        Form::Value(_) => {
            let field = contract::hook(hook.name).output().get_field_by_name("response");
            let kind = field.expect("a value has a field").kind();
            let value = sampler.message(kind.as_message().expect("it is a message"));
            let effect = Effect::Answer(contract::json(&value));
            let answer = Answer::Message(value.encode_to_vec());
            let decline = Play::new("decline", Answer::Plain, Effect::Decline);
            vec![decline, Play::new("answer", answer, effect)]
        }
        Form::Sum => [0, 7, -3, i64::MAX]
            .map(|number| {
                Play::new(&number.to_string(), Answer::Number(number), Effect::Number(number))
            })
            .into(),
        Form::All => [true, false]
            .map(|flag| Play::new(&flag.to_string(), Answer::Flag(flag), Effect::Flag(flag)))
            .into(),
        Form::Files => [0, 1, 2].map(|count| files(count, sampler)).into(),
    }
}

/// Letting it pass, and the ways of refusing. An empty reason would mean "allowed" to a host.
fn refusals() -> Vec<Play> {
    vec![
        Play::new("allow", Answer::Plain, Effect::Pass),
        Play::reject("Not today, 再见.", "Not today, 再见."),
        Play::reject("", "Refused by a plugin."),
    ]
}

fn uploads(request: &DynamicMessage, sampler: &mut Sampler) -> Vec<Play> {
    let same = ["file_info", "file_content"].map(|field| argument(request, field));
    let other = ["file_info", "file_content"].map(|field| new(request, field, sampler));
    let play = |name, info: Option<&Value>, content: Option<&Value>| {
        // An empty file cannot be told from one that is left alone, and is refused for that.
        let content = content.filter(|value| value.as_bytes().is_some_and(|it| !it.is_empty()));
        let answer = Answer::Upload(
            info.and_then(Value::as_message).map(DynamicMessage::encode_to_vec),
            content.and_then(Value::as_bytes).map(|bytes| bytes.to_vec()),
        );
        let replaced = [("file_info", info), ("file_content", content)].into_iter();
        let replaced = replaced.filter_map(|(field, value)| Some((field, value?.clone())));
        Play::new(name, answer, Effect::Replace(replaced.collect()))
    };
    let ([info, content], [same_info, same_content]) = (&other, &same);
    let emptied_info = emptied(same_info);
    vec![
        play("empty the description", Some(&emptied_info), None),
        play("replace the description", Some(info), None),
        play("replace the content", None, Some(content)),
        play("replace both", Some(info), Some(content)),
        play("replace nothing", None, None),
        play("replace both by the same", Some(same_info), Some(same_content)),
    ]
}

fn posts(request: &DynamicMessage, sampler: &mut Sampler) -> Vec<Play> {
    let given = argument(request, "posts");
    let given: Vec<_> = given.as_list().expect("a list").iter().filter_map(as_message).collect();
    let mut other = |id: Option<&DynamicMessage>| {
        let mut post = sampler.message(&contract::message("Post"));
        if let Some(id) = id.and_then(|post| post.get_field_by_name("id")) {
            post.set_field_by_name("id", id.into_owned());
        }
        post
    };
    let one: Vec<_> = given.first().map(|post| other(Some(post))).into_iter().collect();
    let every: Vec<_> = given.iter().rev().map(|post| other(Some(post))).collect();
    let unknown = vec![other(None)];
    let play = |name, posts: Vec<DynamicMessage>| {
        let answer = posts.iter().map(DynamicMessage::encode_to_vec).collect();
        Play::new(name, Answer::Messages(answer), Effect::Posts(posts))
    };
    vec![
        play("no post", Vec::new()),
        play("another first post", one),
        play("another post for each, the last one first", every),
        play("a post that was not given", unknown),
        play("the given posts", given),
    ]
}

fn files(count: usize, sampler: &mut Sampler) -> Play {
    let files: Vec<_> =
        (0..count).map(|_| sampler.message(&contract::message("FileData"))).collect();
    let answer = files.iter().map(DynamicMessage::encode_to_vec).collect();
    let effect = Effect::Files(files.iter().map(contract::json).collect());
    Play::new(&format!("{count} files"), Answer::Messages(answer), effect)
}

/// Something else for an argument. An empty file or document cannot be told from "unchanged".
fn new(request: &DynamicMessage, field: &str, sampler: &mut Sampler) -> Value {
    let field = request.descriptor().get_field_by_name(field).expect("the request has it");
    loop {
        match sampler.single(&field) {
            Value::Bytes(bytes) if bytes.is_empty() => {}
            Value::Message(config) if field.name() == "new_config" && is_empty(&config) => {}
            value => return value,
        }
    }
}

/// The same, with nothing in the fields that can be left empty. A document and an id have to stay.
fn emptied(value: &Value) -> Value {
    let mut message = value.as_message().expect("a message").clone();
    for field in message.descriptor().fields() {
        let has_to_stay = field.name() == "id" || field.name().ends_with("_json");
        if !has_to_stay && !field.supports_presence() && !field.is_map() {
            message.clear_field(&field);
        }
    }
    Value::Message(message)
}

fn is_empty(message: &DynamicMessage) -> bool {
    message.encoded_len() == 0
}

fn as_message(value: &Value) -> Option<DynamicMessage> {
    value.as_message().cloned()
}
