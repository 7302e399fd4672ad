//! The declaration of a command.

use serde::de::DeserializeOwned;

use super::argument::Argument;
use super::handler::{Call, Handler};
use super::response::IntoResponse;
use crate::Result;
use crate::api::Permission;

/// A slash command, or a sub-command of one. See the [module](super).
#[derive(Debug)]
pub struct Command {
    pub(super) name: String,
    pub(super) help: String,
    pub(super) display_name: Option<String>,
    pub(super) permission: Option<String>,
    pub(super) arguments: Vec<Argument>,
    pub(super) subcommands: Vec<Command>,
    pub(super) handler: Option<Handler>,
}

impl Command {
    /// A command that is called `/name`, or a sub-command `name`, and what it does, in one line.
    pub fn new(name: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            help: help.into(),
            display_name: None,
            permission: None,
            arguments: Vec::new(),
            subcommands: Vec::new(),
            handler: None,
        }
    }

    /// The name that the server shows in its list of commands; the command's own if none is given.
    #[must_use]
    pub fn display_name(self, name: impl Into<String>) -> Self {
        Self { display_name: Some(name.into()), ..self }
    }

    /// Only users with this permission in the system may call it and what is below it.
    #[must_use]
    pub fn permission(self, permission: Permission<'_>) -> Self {
        Self { permission: Some(permission.as_str().to_owned()), ..self }
    }

    /// Adds a sub-command.
    #[must_use]
    pub fn subcommand(mut self, command: Command) -> Self {
        self.subcommands.push(command);
        self
    }

    /// Adds an argument. Those that may be left out come after those that may not.
    #[must_use]
    pub fn argument(mut self, argument: Argument) -> Self {
        self.arguments.push(argument);
        self
    }

    /// What it does. The arguments are read into the type that the function's [`Call`] names.
    ///
    /// A failure of the kinds [`Error::invalid`](crate::Error::invalid),
    /// [`Error::denied`](crate::Error::denied) and [`Error::not_found`](crate::Error::not_found) is
    /// shown to whoever called. Any other one is the failure of the hook.
    #[must_use]
    pub fn run<A, R, Run>(self, run: impl Fn(Call<A>) -> Run + Send + Sync + 'static) -> Self
    where
        A: DeserializeOwned + Send + 'static,
        R: IntoResponse,
        Run: Future<Output = Result<R>> + Send + 'static,
    {
        Self { handler: Some(Handler::asynchronous(run)), ..self }
    }

    /// What it does, without waiting for anything: what blocks, or asks the server, is for
    /// [`Command::run`].
    #[must_use]
    pub fn run_sync<A, R>(self, run: impl Fn(Call<A>) -> Result<R> + Send + Sync + 'static) -> Self
    where
        A: DeserializeOwned + Send + 'static,
        R: IntoResponse,
    {
        Self { handler: Some(Handler::synchronous(run)), ..self }
    }

    /// The sub-command of a name, capitals aside.
    pub(super) fn child(&self, name: &str) -> Option<&Command> {
        self.subcommands.iter().find(|child| child.name.to_lowercase() == name.to_lowercase())
    }
}
