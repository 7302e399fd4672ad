//! The hooks: a type for each, and what the table says about them.

mod define;
mod define_events;
mod field;
mod forms;
mod info;
pub(crate) mod messages;
mod name;
pub(crate) mod reply;
mod table;

pub use info::{CallerGone, ChainClass, ErrorReader, FailurePolicy, HookInfo, HookLimit, Rpc};
pub use name::UnknownHook;
pub use table::*;
