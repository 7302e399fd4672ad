//! From the words of a line to the values of a command's arguments.

use serde_json::{Map, Value};

use super::argument::{Argument, Kind, shown};
use super::command::Command;
use super::parts::{HELP, Part, parts};
use super::words::Word;

/// The values by field, or what is wrong in the words of a sentence.
pub(super) fn values(
    command: &Command,
    line: &str,
    words: &[Word],
) -> Result<Map<String, Value>, String> {
    let mut given = Given { command, values: Map::new() };
    for part in parts(command, words) {
        match part {
            Part::Option { word, name, value } => {
                closed(word)?;
                given.option(name, value)?;
            }
            Part::Word(word, Some(argument)) => given.set(argument, closed(word)?)?,
            Part::Word(word, None) => return Err(too_much(&word.text)),
            Part::Rest(start, argument) => given.set(argument, line[start..].trim_end())?,
        }
    }
    given.complete()
}

/// Whether `--help` is among the words where it is no text.
pub(super) fn asks_for_help(command: &Command, words: &[Word]) -> bool {
    parts(command, words).iter().any(|part| matches!(part, Part::Option { name: HELP, .. }))
}

fn too_much(word: &str) -> String {
    format!("`{}` is more than it takes.", shown(word))
}

fn closed(word: &Word) -> Result<&str, String> {
    let fault = || format!("a quotation mark is not closed before `{}`.", shown(&word.text));
    word.closed.then_some(word.text.as_str()).ok_or_else(fault)
}

struct Given<'c> {
    command: &'c Command,
    values: Map<String, Value>,
}

impl<'c> Given<'c> {
    fn has(&self, argument: &Argument) -> bool {
        self.values.contains_key(&argument.field())
    }

    fn set(&mut self, argument: &Argument, text: &str) -> Result<(), String> {
        let name = argument.shown_name();
        if self.has(argument) {
            return Err(format!("`{name}` is given twice."));
        }
        let value = argument.kind.value(text).map_err(|fault| format!("`{name}` {fault}."))?;
        self.values.insert(argument.field(), value);
        Ok(())
    }

    /// `name`, with its value after a `=` or in the next word.
    fn option(&mut self, option: &str, next: Option<&Word>) -> Result<(), String> {
        let (name, value) = match option.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (option, None),
        };
        let known = self.command.arguments.iter().find(|argument| argument.name == name);
        let argument: &'c Argument =
            known.ok_or_else(|| format!("there is no `--{}`.", shown(name)))?;
        match (value, &argument.kind) {
            (Some(value), _) => self.set(argument, value),
            (None, Kind::Flag) => self.set(argument, "true"),
            (None, _) => match next {
                Some(word) => self.set(argument, closed(word)?),
                None => Err(format!("`--{name}` needs a value: {}", argument.help)),
            },
        }
    }

    /// With what may be left out.
    fn complete(mut self) -> Result<Map<String, Value>, String> {
        for argument in &self.command.arguments {
            if self.has(argument) {
                continue;
            }
            match (&argument.default, &argument.kind) {
                (Some(default), _) => self.set(argument, default)?,
                (None, Kind::Flag) => self.set(argument, "false")?,
                (None, _) if argument.required => {
                    return Err(format!(
                        "`{}` is missing: {}",
                        argument.shown_name(),
                        argument.help
                    ));
                }
                (None, _) => {}
            }
        }
        Ok(self.values)
    }
}
