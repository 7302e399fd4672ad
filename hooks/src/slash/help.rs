//! How a command is called, as text for its users.

use super::argument::{Argument, Kind};
use super::command::Command;

/// The last of the commands that lead to where a call has got, `/` before the first.
pub(super) fn path(commands: &[&Command]) -> String {
    let names: Vec<_> = commands.iter().map(|command| command.name.as_str()).collect();
    format!("/{}", names.join(" "))
}

/// `/poll ask QUESTION [HOURS] [--anonymous]`
pub(super) fn usage(commands: &[&Command]) -> String {
    let hint = commands.last().map(|command| hint(command)).unwrap_or_default();
    format!("{} {hint}", path(commands)).trim_end().to_owned()
}

/// What comes after a command's name.
pub(super) fn hint(command: &Command) -> String {
    let arguments =
        command.arguments.iter().map(Argument::placeholder).collect::<Vec<_>>().join(" ");
    let names: Vec<_> = command.subcommands.iter().map(|child| child.name.as_str()).collect();
    match (names.is_empty(), command.handler.is_some()) {
        (true, _) => arguments,
        (false, true) => format!("[{}] {arguments}", names.join("|")).trim_end().to_owned(),
        (false, false) => format!("[{}|help]", names.join("|")),
    }
}

/// All about a command.
pub(super) fn help(commands: &[&Command]) -> String {
    let Some(command) = commands.last() else { return String::new() };
    let mut text = format!("{}\n`{}`", command.help, usage(commands));
    for argument in &command.arguments {
        text.push_str(&format!("\n- `{}`: {}", argument.shown_name(), argument.described()));
    }
    let mut below = commands.to_vec();
    for child in &command.subcommands {
        below.push(child);
        text.push_str(&format!("\n- `{}`: {}", usage(&below), child.help));
        below.pop();
    }
    text
}

impl Argument {
    /// How it is named in texts: `hours`, or `--anonymous` for one that is given by name.
    pub(super) fn shown_name(&self) -> String {
        if self.named { format!("--{}", self.name) } else { self.name.clone() }
    }

    fn placeholder(&self) -> String {
        let value = match &self.kind {
            Kind::Choice(choices) => choices.join("|"),
            Kind::User => "@USER".to_owned(),
            Kind::Channel => "~CHANNEL".to_owned(),
            _ => self.name.to_uppercase(),
        };
        let shown = match (&self.kind, self.named) {
            (Kind::Flag, _) => format!("--{}", self.name),
            (_, true) => format!("--{} {value}", self.name),
            (Kind::Rest, false) => format!("{value}..."),
            (_, false) => value,
        };
        if self.required { shown } else { format!("[{shown}]") }
    }

    fn described(&self) -> String {
        let mut text = self.help.clone();
        if let Kind::Choice(choices) = &self.kind {
            text.push_str(&format!(" (one of `{}`)", choices.join("`, `")));
        }
        if let Some(default) = &self.default {
            text.push_str(&format!(" (otherwise `{default}`)"));
        }
        text
    }
}
