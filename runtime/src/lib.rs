//! Serves the hooks of linked plugins as a go-plugin child process.
//!
//! A bundle, the binary that links the plugin crates, calls [`start::run`]; everything else here is
//! what that does, and the other side of it ([`host`]), for programs that launch plugins.
//!
//! The way of a call is in `call.rs`: one vertical list, from the method's name to the encoded
//! reply. What is around it: `admit` (room for handlers), `quarantine` (handlers that are set
//! aside), `deadline` (nested time limits), `run` (where a handler runs, and what a panic becomes),
//! `running` (what a thread runs: for the log, the watchdog and the depth of events),
//! `failure` (what of an error leaves the process), `record` (what is written down), `lifecycle`
//! (what surrounds activation), `events` (an application's own), `serve` (gRPC), `start` and `stop`.

#[cfg(not(panic = "unwind"))]
compile_error!(
    "hookwright isolates the panics of handlers by unwinding: remove `panic = \"abort\"` from the profile"
);

mod active;
mod admit;
pub mod api;
mod call;
mod configure;
pub mod connect;
mod deadline;
mod engine;
mod events;
mod failure;
mod goplugin;
pub mod host;
mod http;
mod isolate;
mod lifecycle;
pub mod log;
mod metrics;
mod netrpc;
mod operator;
mod origin;
mod parent;
mod quarantine;
mod record;
mod refusal;
mod run;
mod running;
pub mod serve;
pub mod settings;
mod signals;
pub mod socket;
pub mod start;
mod stop;
mod watchdog;

/// For tests of what hosts send: the structs of net/rpc, and the messages that they are.
#[doc(hidden)]
pub mod conversion {
    pub use crate::netrpc::{Fault, Plans};
}

pub use admit::Bounds;
pub use deadline::Limits;
pub use engine::Engine;
pub use failure::{Cause, Code, Failure};
/// The allocator for the process of a bundle. A call is many small pieces of memory, some of which end
/// on another thread than they began on; glibc's takes a tenth more of the CPU for it.
///
/// ```
/// #[global_allocator]
/// static ALLOCATOR: hookwright_runtime::Allocator = hookwright_runtime::Allocator;
/// # fn main() {}
/// ```
pub use mimalloc::MiMalloc as Allocator;
pub use operator::{OperatorError, OperatorFault};
pub use quarantine::QuarantineRule;
pub use stop::Stop;
