//! `/filter`: what would happen to a text, and how many words are listed.

use std::sync::LazyLock;

use hookwright::prelude::*;
use hookwright::slash::{Argument, Call, Command};
use serde::Deserialize;

use crate::Settings;
use crate::words::Decision;

pub(crate) static FILTER: LazyLock<Command> = LazyLock::new(|| {
    Command::new("filter", "Says what the content filter does to a text.")
        .display_name("Content filter")
        .subcommand(
            Command::new("check", "Says what would happen to a text.")
                .argument(Argument::rest("text", "The text"))
                .run_sync(check),
        )
        .subcommand(Command::new("words", "Says how many words are listed.").run_sync(words))
});

#[derive(Deserialize)]
struct Check {
    text: String,
}

fn check(call: Call<Check>) -> Result<String> {
    Ok(match call.cx.config::<Settings>().words().decide(&call.arguments.text) {
        Decision::Allow => "allowed".to_owned(),
        Decision::Dismiss(phrase) => format!("dismissed: {phrase}"),
        Decision::Reject(word) => format!("rejected: {word}"),
        Decision::Replace(text) => format!("replaced: {text}"),
    })
}

fn words(call: Call) -> Result<String> {
    Ok(call.cx.config::<Settings>().words().summary())
}
