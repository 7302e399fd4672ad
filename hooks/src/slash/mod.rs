//! Slash commands: sub-commands, typed arguments, help and autocompletion of one declaration.
//!
//! ```
//! use std::sync::LazyLock;
//!
//! use hookwright::prelude::*;
//! use hookwright::slash::{Argument, Call, Command};
//! use serde::Deserialize;
//!
//! hookwright::plugin! { id: "com.example.poll" }
//!
//! static POLL: LazyLock<Command> = LazyLock::new(|| {
//!     Command::new("poll", "Asks the channel.")
//!         .subcommand(
//!             Command::new("ask", "Starts a poll.")
//!                 .argument(Argument::text("question", "What to ask, in quotes"))
//!                 .argument(Argument::integer("hours", "How long it is open").default("24"))
//!                 .argument(Argument::flag("anonymous", "Do not show who voted"))
//!                 .run(ask),
//!         )
//!         .subcommand(Command::new("list", "Shows the open polls.").run_sync(list))
//! });
//!
//! // `/poll ask "Lunch at noon?" 2 --anonymous`
//! #[derive(Deserialize)]
//! struct Ask {
//!     question: String,
//!     hours: u32,
//!     anonymous: bool,
//! }
//!
//! async fn ask(call: Call<Ask>) -> Result<String> {
//!     let Ask { question, hours, anonymous } = call.arguments;
//!     call.cx.api().kv().set(&call.request.channel_id, &question).await?;
//!     Ok(format!("{question} Open for {hours} hours; anonymous: {anonymous}."))
//! }
//!
//! fn list(_call: Call) -> Result<&'static str> {
//!     Ok("There is no open poll.")
//! }
//!
//! #[hook(HookName::OnActivate)]
//! async fn activate(cx: Context) -> Result<()> {
//!     POLL.register(&cx).await
//! }
//!
//! #[hook(HookName::ExecuteCommand)]
//! async fn execute(cx: Context, args: CommandArgs) -> Result<Option<CommandResponse>> {
//!     POLL.answer(cx, args).await
//! }
//! # fn main() {}
//! ```
//!
//! Autocompletion knows the command, and shows what it does and one line of what may follow: its
//! sub-commands, or its arguments. The server's contract has no more for a plugin to tell it, so
//! neither sub-commands nor choices are completed while they are typed, as those of a plugin in Go may
//! be.
//!
//! `/poll help` and `/poll ask --help` are answered from the declaration. A call that does not fit it
//! is answered, for its author's eyes alone, with what was expected.

mod answer;
mod argument;
mod command;
mod faults;
mod handler;
mod help;
mod parse;
mod parts;
mod register;
mod response;
#[cfg(test)]
mod tests;
mod words;

pub use argument::Argument;
pub use command::Command;
pub use faults::DeclarationError;
pub use handler::Call;
pub use response::{IntoResponse, ephemeral, in_channel};
