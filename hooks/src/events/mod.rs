//! Events of an application's own: what happened, told to whoever has a handler for it.
//!
//! A handler is registered as for any hook, under the event's name; a plugin may have as many for one
//! event as it likes. A handler of several events takes the [`Event`] itself:
//!
//! ```
//! use hookwright::events::{ClientAdded, Event};
//! use hookwright::prelude::*;
//!
//! hookwright::plugin! { id: "com.example.clients" }
//!
//! #[hook(HookName::ClientAdded)]
//! fn greet(_cx: &Context, event: ClientAdded) {
//!     tracing::info!(client = event.client.map(|client| client.hostname), "welcome");
//! }
//!
//! #[hook([HookName::ClientAdded, HookName::ClientRemoved])]
//! async fn note(_cx: Context, event: Event) -> Result<()> {
//!     tracing::info!(event = %event.name(), "noted");
//!     Ok(())
//! }
//! # fn main() {}
//! ```
//!
//! Whoever has a [`Context`](crate::Context) triggers events, and learns who ran and what failed:
//!
//! ```
//! # use hookwright::events::{Client, ClientAdded};
//! # use hookwright::prelude::*;
//! # async fn added(cx: &Context, client: Client) {
//! let triggered = cx.events().trigger(ClientAdded { client: Some(client) }).await;
//! for ran in triggered.failed() {
//!     tracing::warn!(handler = ran.handler, "somebody does not know of the client");
//! }
//! # }
//! ```
//!
//! The handlers of an event run one after the other, in the order of any hook's. Each has the whole
//! time limit for itself, and what fails (an error, a panic, a passed limit) is logged and stops none
//! of the others. They run to their end whether or not somebody still waits for them. An event that is
//! triggered inside a handler of an event is nested in that one; deeper than [`DEEPEST`] no handler is
//! run, and each is reported as not run.

mod exchange;
mod handle;
mod triggered;

pub use exchange::{EventExchange, EventHook};
pub use handle::{Events, Trigger, Triggering};
pub use hookwright_proto::events::event::Payload;
pub use hookwright_proto::events::{
    ClientAdded, ClientHostnameChanged, ClientRemoved, RemovalReason, Startup,
};
pub use hookwright_proto::fleet::Client;
pub use triggered::{Cause, Failure, Ran, Triggered};

pub use crate::hooks::Event;

/// How deep events may be nested: the handler of an event that nobody's handler triggered is 1 deep.
pub const DEEPEST: usize = 4;
