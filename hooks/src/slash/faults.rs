//! What may be wrong with a declaration.

use std::collections::BTreeSet;

use super::argument::{Argument, Kind};
use super::command::Command;
use super::help::path;

/// A declaration of a command that contradicts itself. The text names each fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the slash command /{command} is not declared as it can be called: {}", faults.join("; "))]
pub struct DeclarationError {
    command: String,
    faults: Vec<String>,
}

impl Command {
    /// Checks that the command can be called as it is declared; [`Command::register`] does it, too.
    ///
    /// # Errors
    ///
    /// Names that are not one word or are there twice, arguments that nobody can give, defaults that
    /// are no value of their argument, or nothing to run.
    pub fn check(&self) -> Result<(), DeclarationError> {
        let mut faults = Vec::new();
        self.look(&mut Vec::new(), &mut faults);
        match faults.is_empty() {
            true => Ok(()),
            false => Err(DeclarationError { command: self.name.clone(), faults }),
        }
    }

    fn look<'c>(&'c self, above: &mut Vec<&'c Command>, faults: &mut Vec<String>) {
        above.push(self);
        let mut found = Vec::new();
        if !is_word(&self.name) {
            found.push("its name is not one word".to_owned());
        }
        if self.handler.is_none() && self.subcommands.is_empty() {
            found.push("it has neither sub-commands nor anything to run".to_owned());
        }
        if self.handler.is_none() && !self.arguments.is_empty() {
            found.push("it has arguments and nothing to run".to_owned());
        }
        let names = self.subcommands.iter().map(|child| child.name.to_lowercase());
        found.extend(twice(names).map(|name| format!("the sub-command `{name}` is there twice")));
        let fields = self.arguments.iter().map(Argument::field);
        found.extend(twice(fields).map(|name| format!("the argument `{name}` is there twice")));
        found.extend(self.arguments.iter().filter_map(Argument::fault));
        found.extend(order(&self.arguments));
        let place = path(above);
        faults.extend(found.into_iter().map(|fault| format!("{place}: {fault}")));
        for child in &self.subcommands {
            child.look(above, faults);
        }
        above.pop();
    }
}

impl Argument {
    fn fault(&self) -> Option<String> {
        let fault = if !is_word(&self.name) || self.name.contains('=') {
            "its name is not one word".to_owned()
        } else if self.name == "help" {
            "`--help` is there already".to_owned()
        } else if matches!(&self.kind, Kind::Choice(choices) if choices.is_empty()) {
            "there is nothing to choose from".to_owned()
        } else {
            format!("its default {}", self.kind.value(self.default.as_ref()?).err()?)
        };
        Some(format!("argument `{}`: {fault}", self.name))
    }
}

/// What can never be given because of what stands before it.
fn order(arguments: &[Argument]) -> Option<String> {
    let positional: Vec<_> = arguments.iter().filter(|argument| !argument.named).collect();
    positional.windows(2).find_map(|pair| match pair {
        [before, after] if before.kind == Kind::Rest => {
            Some(format!("`{}` comes after `{}`, which takes the rest", after.name, before.name))
        }
        [before, after] if !before.required && after.required => Some(format!(
            "`{}` is required and comes after `{}`, which is not",
            after.name, before.name
        )),
        _ => None,
    })
}

fn is_word(name: &str) -> bool {
    !name.is_empty() && !name.starts_with(['-', '/']) && !name.contains(char::is_whitespace)
}

fn twice(names: impl Iterator<Item = String>) -> impl Iterator<Item = String> {
    let mut seen = BTreeSet::new();
    names.filter(move |name| !seen.insert(name.clone()))
}
