//! What each word of a call is: an option, an argument by its place, or where the rest begins.

use super::argument::{Argument, Kind};
use super::command::Command;
use super::words::{Word, is_option};

/// The option that every command has.
pub(super) const HELP: &str = "help";

/// What some words of a call are.
pub(super) enum Part<'c, 'w> {
    /// An option, whose value may stand after a `=` in its name, or be the next word.
    Option { word: &'w Word, name: &'w str, value: Option<&'w Word> },
    /// The value of an argument, or of none if all have theirs.
    Word(&'w Word, Option<&'c Argument>),
    /// From this byte of the line on all is the value of this argument.
    Rest(usize, &'c Argument),
}

/// What the words are. From the first word of an argument that takes the rest on, nothing is an
/// option.
pub(super) fn parts<'c, 'w>(command: &'c Command, words: &'w [Word]) -> Vec<Part<'c, 'w>> {
    let mut parts = Vec::new();
    let mut left: Vec<_> = command.arguments.iter().collect();
    let mut options = true;
    let mut words = words.iter().peekable();
    while let Some(word) = words.next() {
        let next = left.iter().position(|argument| !argument.named);
        if options && ends_options(word) {
            let rest = next.filter(|at| left[*at].kind == Kind::Rest);
            let before_option = words.peek().is_some_and(|word| is_special(command, word));
            // Before the rest it is needed only where an option would be read; elsewhere it is text.
            if rest.is_none() || before_option {
                options = false;
                continue;
            }
        } else if options && let Some(name) = option(command, word) {
            let known = name.split_once('=').map_or(name, |(name, _)| name);
            let argument = command.arguments.iter().find(|argument| argument.name == known);
            let takes_next = known == name && argument.is_some_and(|it| it.kind != Kind::Flag);
            left.retain(|argument| argument.name != known);
            let is_value = |word: &&Word| option(command, word) != Some(HELP);
            let value = if takes_next { words.next_if(is_value) } else { None };
            parts.push(Part::Option { word, name, value });
            continue;
        }
        let argument = next.map(|at| left.remove(at));
        if let Some(argument) = argument
            && argument.kind == Kind::Rest
        {
            parts.push(Part::Rest(word.start, argument));
            break;
        }
        parts.push(Part::Word(word, argument));
    }
    parts
}

fn ends_options(word: &Word) -> bool {
    !word.quoted && word.text == "--"
}

fn is_special(command: &Command, word: &Word) -> bool {
    ends_options(word) || option(command, word).is_some()
}

/// What comes after the dashes of an option. Three dashes are a line. The long dash is one only
/// before the name of an argument: texts begin with it, too.
fn option<'w>(command: &Command, word: &'w Word) -> Option<&'w str> {
    if word.quoted {
        return None;
    }
    if let Some(name) = word.text.strip_prefix("--") {
        return (!name.starts_with('-')).then_some(name);
    }
    let name = is_option(&word.text).then(|| word.text.trim_start_matches('\u{2014}'))?;
    let known = name.split_once('=').map_or(name, |(name, _)| name);
    command.arguments.iter().any(|argument| argument.name == known).then_some(name)
}
