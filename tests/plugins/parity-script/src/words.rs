//! What a test and the fixture say to each other. Messages are in their encoding.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What the handlers of one hook do from now on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Script {
    /// The hook's canonical name.
    pub hook: String,
    /// By plugin id. Who is not named answers [`Answer::Plain`].
    pub actions: BTreeMap<String, Action>,
}

/// What a handler does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Action {
    /// Answers.
    Answer(Answer),
    /// Returns an error of a kind, with a text.
    Fail(Kind, String),
    /// Returns an error whose every field it says itself.
    FailAs(AppFault),
    /// Panics.
    Panic,
    /// Does not end.
    Hang,
}

/// What a handler answers; which of these there are depends on the hook.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// What a handler without an opinion answers: `()`, `Allow`, `None`, an empty list, zero, true.
    Plain,
    /// A message: `Replace` or `Some`.
    Message(Vec<u8>),
    /// A list of messages.
    Messages(Vec<Vec<u8>>),
    /// Another description of a file, or another content, or both.
    Upload(Option<Vec<u8>>, Option<Vec<u8>>),
    /// A rejection with a reason.
    Reject(String),
    /// A rejection that its author does not hear of.
    Dismiss,
    /// A number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
}

/// The kinds of errors that have a constructor, and any other error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "their names say it")]
pub enum Kind {
    Invalid,
    Denied,
    NotFound,
    Unimplemented,
    Other,
}

/// The fields of an `AppError`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "they are those of `AppError`")]
pub struct AppFault {
    pub id: String,
    pub message: String,
    pub details: String,
    pub status_code: i32,
    pub place: String,
    pub params: Map<String, Value>,
}

/// One call of one handler.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// The id of the handler's plugin.
    pub plugin: String,
    /// The hook's canonical name.
    pub hook: String,
    /// The request id in its context.
    pub request_id: String,
    /// What it was given after its context.
    pub arguments: Vec<Argument>,
}

/// One argument of a handler.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Argument {
    /// A message that is not there.
    Nobody,
    /// A message.
    Message(Vec<u8>),
    /// A list of messages.
    Messages(Vec<Vec<u8>>),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A text.
    Text(String),
    /// A number.
    Number(i64),
}
