//! `/filter`: what would happen to a text, and how many words are listed.

use hookwright::ApiError;
use hookwright::prelude::*;
use hookwright::proto::Command;

use crate::words::{Decision, Words};

const TRIGGER: &str = "filter";
const USAGE: &str = "Usage: /filter check TEXT | /filter words";

/// Offers the command to the users of the server.
pub(crate) async fn register(cx: &Context) -> Result<()> {
    let command = Command {
        trigger: TRIGGER.into(),
        auto_complete: true,
        auto_complete_hint: "check TEXT | words".into(),
        auto_complete_desc: "Says what the content filter does to a text.".into(),
        display_name: "Content filter".into(),
        ..Command::default()
    };
    match cx.api().register_command(command).await {
        // Without a server there is nobody to offer it to, and filtering goes on.
        Ok(()) | Err(ApiError::NoTarget { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// The answer to a command; `None` if it is not ours.
pub(crate) fn answer(words: &Words, command: &str) -> Option<CommandResponse> {
    let rest = command.trim_start().strip_prefix('/')?.strip_prefix(TRIGGER)?;
    if rest.starts_with(|c: char| !c.is_whitespace()) {
        return None;
    }
    let (action, text) = rest.trim().split_once(char::is_whitespace).unwrap_or((rest.trim(), ""));
    let text = match action {
        "words" if text.trim().is_empty() => words.summary(),
        "check" if !text.trim().is_empty() => match words.decide(text.trim()) {
            Decision::Allow => "allowed".to_owned(),
            Decision::Dismiss(phrase) => format!("dismissed: {phrase}"),
            Decision::Reject(word) => format!("rejected: {word}"),
            Decision::Replace(text) => format!("replaced: {text}"),
        },
        _ => USAGE.to_owned(),
    };
    Some(CommandResponse { response_type: "ephemeral".into(), text, ..CommandResponse::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_commands_are_declined() {
        for command in ["/filters check x", "/welcome", "filter words", ""] {
            assert_eq!(answer(&Words::default(), command), None, "{command}");
        }
    }

    #[test]
    fn what_is_not_understood_gets_the_usage() {
        for command in ["/filter", "/filter help", "/filter check", "  /filter words now"] {
            assert_eq!(answer(&Words::default(), command).unwrap().text, USAGE, "{command}");
        }
    }
}
