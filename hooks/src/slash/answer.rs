//! The way of a call: find the sub-command, check the permission, read the arguments, run.

use super::argument::shown;
use super::command::Command;
use super::handler::{Handler, Unfit};
use super::help::{help, path, usage};
use super::words::{self, Word};
use super::{ephemeral, parse};
use crate::api::Permission;
use crate::{CommandArgs, CommandResponse, Context, Error, ErrorKind, Result};

impl Command {
    /// Answers a call; `None` if it is of another command.
    ///
    /// # Errors
    ///
    /// The handler fails, other than by what its caller gave; or its type has fields for which no
    /// arguments are declared; or the server does not say whether the caller has the permission.
    pub async fn answer(&self, cx: Context, args: CommandArgs) -> Result<Option<CommandResponse>> {
        let command = args.command.clone();
        let Some(line) = self.line(&command) else { return Ok(None) };
        let words = words::split(line);
        let (commands, words) = self.find(&words);
        let run = match self.choose(&commands, words) {
            Ok(run) => run,
            Err(text) => return Ok(Some(ephemeral(text))),
        };
        if let Some(refusal) = refusal(&cx, &args.user_id, &commands).await? {
            return Ok(Some(ephemeral(refusal)));
        }
        let started = parse::values(run.command, line, words)
            .map_err(Unfit::Argument)
            .and_then(|values| run.handler.start(cx, args, values));
        let answered = match started {
            Ok(answer) => answer.await,
            Err(Unfit::Argument(fault)) => return Ok(Some(ephemeral(wrong(&fault, &commands)))),
            Err(Unfit::Declaration(fault)) => {
                let place = path(&commands);
                anyhow::bail!("the arguments of `{place}` are not those of its handler: {fault}");
            }
        };
        match answered {
            Err(error) if is_for_the_caller(&error) => Ok(Some(ephemeral(error.to_string()))),
            answered => answered.map(Some),
        }
    }

    /// What comes after the command's name, if the line is a call of it.
    fn line<'l>(&self, command: &'l str) -> Option<&'l str> {
        let line = command.trim_start().strip_prefix('/')?;
        let (trigger, rest) = line.split_at(line.find(char::is_whitespace).unwrap_or(line.len()));
        (trigger.to_lowercase() == self.name.to_lowercase()).then_some(rest)
    }

    /// The sub-command that the words lead to, with those above it, and the words that are left.
    fn find<'c, 'w>(&'c self, words: &'w [Word]) -> (Vec<&'c Command>, &'w [Word]) {
        let (mut commands, mut command, mut words) = (vec![self], self, words);
        while let Some((word, rest)) = words.split_first()
            && let Some(child) = command.child(&word.text)
        {
            (command, words) = (child, rest);
            commands.push(child);
        }
        (commands, words)
    }

    /// What is to run, or the text of the answer if nothing is.
    fn choose<'c>(
        &'c self,
        commands: &[&'c Command],
        words: &[Word],
    ) -> Result<Runnable<'c>, String> {
        let command = *commands.last().unwrap_or(&self);
        if parse::asks_for_help(command, words) {
            return Err(help(commands));
        }
        match (words.first(), &command.handler) {
            (Some(word), _) if !command.subcommands.is_empty() && word.text == "help" => {
                let (below, _) = command.find(&words[1..]);
                let commands: Vec<_> =
                    commands.iter().copied().chain(below.into_iter().skip(1)).collect();
                Err(help(&commands))
            }
            (_, Some(handler)) => Ok(Runnable { command, handler }),
            (None, None) => Err(help(commands)),
            (Some(word), None) => {
                let fault = format!("there is no `{}` in `{}`.", shown(&word.text), path(commands));
                Err(wrong(&fault, commands))
            }
        }
    }
}

struct Runnable<'c> {
    command: &'c Command,
    handler: &'c Handler,
}

/// Why a user may not call a command, if that is so.
async fn refusal(cx: &Context, user_id: &str, commands: &[&Command]) -> Result<Option<String>> {
    for permission in commands.iter().filter_map(|command| command.permission.as_ref()) {
        if !cx.api().has_permission_to(user_id, Permission::new(permission)).await? {
            let place = path(commands);
            return Ok(Some(format!("You need the permission `{permission}` for {place}.")));
        }
    }
    Ok(None)
}

/// What is wrong with a call, and how it is made.
fn wrong(fault: &str, commands: &[&Command]) -> String {
    let mut letters = fault.chars();
    let first = letters.next().map(char::to_uppercase).into_iter().flatten();
    let fault: String = first.chain(letters).collect();
    let top: Vec<_> = commands.iter().copied().take(1).collect();
    format!("{fault}\nUsage: `{}`. More: `{} --help`.", usage(commands), path(&top))
}

/// Whether a failure says what the caller did wrong, rather than what went wrong here.
fn is_for_the_caller(error: &anyhow::Error) -> bool {
    error.downcast_ref::<Error>().is_some()
        && matches!(
            ErrorKind::of(error),
            ErrorKind::Invalid | ErrorKind::Denied | ErrorKind::NotFound
        )
}
