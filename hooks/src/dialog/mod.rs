//! Interactive dialogs and buttons: what a user fills in or presses, and what comes back.
//!
//! A dialog is opened from the trigger id of a slash command or a button, and its answer comes to the
//! plugin's web side as a [`Submission`]:
//!
//! ```
//! use std::sync::LazyLock;
//!
//! use hookwright::dialog::{Dialog, Element, FieldErrors, Submission};
//! use hookwright::http::{Request, Response};
//! use hookwright::prelude::*;
//! use serde::Deserialize;
//!
//! hookwright::plugin! { id: "com.example.leave" }
//!
//! static LEAVE: LazyLock<Dialog> = LazyLock::new(|| {
//!     Dialog::new("leave", "Ask for leave")
//!         .element(Element::number("days", "Days").help("Whole days"))
//!         .element(Element::radio("kind", "Kind", [("Paid", "paid"), ("Unpaid", "unpaid")]))
//!         .element(Element::textarea("note", "Note").optional())
//! });
//!
//! #[derive(Deserialize)]
//! struct Leave {
//!     days: u32,
//!     kind: String,
//!     note: Option<String>,
//! }
//!
//! #[hook(HookName::ExecuteCommand)]
//! async fn ask(cx: Context, args: CommandArgs) -> Result<Option<CommandResponse>> {
//!     LEAVE.open(cx.api(), &args.trigger_id, "/plugins/com.example.leave/leave").await?;
//!     Ok(Some(CommandResponse::default()))
//! }
//!
//! #[hook(HookName::ServeHTTP)]
//! async fn take(_cx: Context, request: Request) -> Result<Response> {
//!     let submission = Submission::read(request).await?;
//!     let leave: Leave = match LEAVE.values(&submission) {
//!         Ok(leave) => leave,
//!         Err(errors) => return Ok(errors.into_response()),
//!     };
//!     if leave.days > 30 {
//!         return Ok(FieldErrors::of("days", "Nobody is away for so long.").into_response());
//!     }
//!     tracing::info!(leave.days, leave.kind, leave.note, "asked for leave");
//!     Ok(FieldErrors::none().into_response())
//! }
//! # fn main() {}
//! ```
//!
//! The id in the path is the one that the server knows, which is the `id` in the `plugin.json` that
//! was uploaded to it. It need not be the one that `plugin!` declares, which is what
//! [`Context::plugin_id`](crate::Context::plugin_id) returns: where several plugins share a binary,
//! the server knows one id for them all, and each of their dialogs and buttons has that one in its
//! path. What follows the id is the path of the request that the plugin gets, so plugins that share a
//! binary need paths that differ.

mod action;
mod element;
mod open;
mod submission;
#[cfg(test)]
mod tests;
mod values;

pub use action::{ActionReply, ActionRequest, Button, attachment, with_attachments};
pub use element::Element;
pub use open::Dialog;
pub use submission::Submission;
pub use values::FieldErrors;
