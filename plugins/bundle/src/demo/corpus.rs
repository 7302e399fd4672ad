//! The chat that the demo plays, and what is expected of each line.

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::{Value, json};

const CHAT: &str = include_str!("../../corpus/chat.jsonl");
const FILTER_CONFIG: &str = include_str!("../../corpus/config.json");

/// The channel in which the welcome plugin is told to be quiet.
pub(super) const QUIET_CHANNEL: &str = "security";

/// One line of the chat.
#[derive(Debug, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub(super) enum Event {
    Message {
        from: String,
        channel: String,
        text: String,
        #[serde(flatten)]
        expected: Expected,
    },
    Edit {
        from: String,
        channel: String,
        before: String,
        text: String,
        #[serde(flatten)]
        expected: Expected,
    },
    Signup {
        user: String,
        name: String,
    },
    Join {
        user: String,
        channel: String,
    },
    Command {
        from: String,
        channel: String,
        text: String,
        answer: String,
    },
}

/// What becomes of a text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "expect", rename_all = "lowercase")]
pub(super) enum Expected {
    Allow,
    Reject,
    Dismiss,
    Replace { becomes: String },
}

pub(super) fn chat() -> Result<Vec<Event>> {
    // Lines of the file, not of Unicode: the texts hold every kind of line separator.
    let lines = CHAT.split('\n').filter(|line| !line.is_empty());
    lines
        .enumerate()
        .map(|(index, line)| {
            serde_json::from_str(line).with_context(|| format!("chat.jsonl, line {}", index + 1))
        })
        .collect()
}

/// The configuration that the demo's server has for the plugins.
pub(super) fn configuration() -> Result<Value> {
    let filter: Value = serde_json::from_str(FILTER_CONFIG).context("config.json")?;
    Ok(json!({
        "com.hookwright.content-filter": filter,
        "com.hookwright.welcome": { "quiet_channels": [QUIET_CHANNEL] },
    }))
}

/// What the author of a refused post is told.
pub(super) fn rejection() -> Result<String> {
    let rejection = &configuration()?["com.hookwright.content-filter"]["rejection"];
    Ok(rejection.as_str().context("config.json has no `rejection`")?.to_owned())
}
