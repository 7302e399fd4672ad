//! What the table says about a hook.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;

use crate::HookName;
use crate::engine::OpenExchange;

/// One row of the table of hooks.
#[derive(Debug)]
pub struct HookInfo {
    /// The hook.
    pub name: HookName,
    /// Its canonical name, as the host writes it.
    pub text: &'static str,
    /// The function name from which `#[hook]` infers it.
    pub function_name: &'static str,
    /// The number that the host's own table gives it; it never travels on the wire. An event has none.
    pub id: Option<u8>,
    /// What it is for, in a sentence or two.
    pub doc: &'static str,
    /// How the answers of several plugins become one.
    pub class: ChainClass,
    /// What a failing handler means, unless the handler says otherwise.
    pub on_failure: FailurePolicy,
    /// How long a call may take in all; of an event, how long each of its handlers may.
    pub limit: HookLimit,
    /// Who reads the error of a handler.
    pub error_to: ErrorReader,
    /// Whether only hosts that speak net/rpc send it, as released servers do: the gRPC contract lacks
    /// it.
    pub is_netrpc_only: bool,
    /// Names and types of what a handler takes after its context.
    pub arguments: &'static [(&'static str, &'static str)],
    /// How it is called.
    pub rpc: Rpc,
}

/// How long a call of a hook may take, all its handlers together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HookLimit {
    /// As long as any call.
    Global,
    /// As long as any call, but not longer than this.
    Within(Duration),
    /// As long as the caller waits.
    Unlimited,
}

/// Who reads the error of a handler.
///
/// A host rebuilds errors from their id, parameters, details, status and place. It shows the text
/// that it has for the id, or else the id itself, and drops the message; so where a user is to read
/// the text, it has to be the id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorReader {
    /// Those who read the server's log: the id is a key, and the text is in the details.
    Administrator,
    /// The user: the text is the id as well.
    User,
}

/// How a hook is called.
#[derive(Clone, Copy)]
pub enum Rpc {
    /// One request, one reply.
    Unary {
        /// The request message, by its Rust name.
        request: &'static str,
        /// The reply message, by its Rust name.
        reply: &'static str,
        /// What a handler answers, itself or in a `Result`.
        answer: &'static str,
        /// What the host is told when no handler answers.
        unanswered: &'static str,
        /// Decodes a request and makes room for its reply.
        open: OpenExchange,
    },
    /// Messages both ways.
    Stream,
    /// No host sends it: it is triggered where it happens, or by the service of events.
    Event,
}

impl fmt::Debug for Rpc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unary { request, reply, .. } => write!(f, "Unary({request} -> {reply})"),
            Self::Stream => f.write_str("Stream"),
            Self::Event => f.write_str("Event"),
        }
    }
}

/// How the handlers of several plugins in one binary act together on one call.
///
/// In every class but that of events a handler that fails under [`FailurePolicy::Closed`] ends the
/// chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChainClass {
    /// Everyone is told; nobody can stop it.
    Notify,
    /// The value passes from one to the next; the first rejection stops.
    Filter,
    /// Everyone runs in order, and an error is the answer, also one that does not end the chain.
    Lifecycle,
    /// The first that does not decline answers.
    Value,
    /// Everyone answers, and the answers are joined, added up or and-ed.
    Gather,
    /// Goes to one plugin as a stream.
    Stream,
    /// Everyone is told, also after one has failed; a plugin may have several handlers.
    Event,
}

impl ChainClass {
    /// The word for it, as `hookwright list` and the documentation print it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Notify => "notify",
            Self::Filter => "filter",
            Self::Lifecycle => "lifecycle",
            Self::Value => "value",
            Self::Gather => "gather",
            Self::Stream => "stream",
            Self::Event => "event",
        }
    }
}

/// What the failure of a handler (an error, a panic, its time limit) means for the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailurePolicy {
    /// The failure is logged and counted and the next handler runs. The host hears of it only if
    /// no handler answered at all, or the hook is of the lifecycle; it then goes on as if the plugin
    /// had not been there.
    Open,
    /// The failure ends the call and is the answer. A filter then refuses in its reply.
    Closed,
}

impl FailurePolicy {
    /// `open` or `closed`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}

/// What becomes of a running handler when its caller goes: the call is cancelled, or its connection
/// breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallerGone {
    /// It is given up: an async handler is dropped where it waits, a sync one is abandoned, and the
    /// context of both is cancelled.
    #[default]
    Cancel,
    /// It runs on to its end or its time limit, as if the caller were there. The handlers after it
    /// do not run, but for those of an event, which all do.
    Finish,
}

impl CallerGone {
    /// `cancel` or `finish`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cancel => "cancel",
            Self::Finish => "finish",
        }
    }
}
