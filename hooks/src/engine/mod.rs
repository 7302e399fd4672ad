//! What the attribute expands to and what an engine serves: not for plugin authors.
//!
//! A handler is registered as a const [`Registration`], whose `start` function takes the arguments
//! out of an [`Exchange`] (a request being answered) and makes a [`Job`] of running the handler on
//! them. Whoever serves the handlers runs the job where and as long as it sees fit, and lets the
//! result go into the exchange. Nothing here knows how calls arrive.

mod declaration;
mod erased;
mod job;

pub use declaration::{
    ConfigDeclaration, HandlerKind, ParsedConfig, PluginDeclaration, Registration,
};
pub use declaration::{assert_event, assert_fits, assert_plugin_id, new_config, new_state};
pub use erased::{
    Exchange, Hook, Open, OpenExchange, Unary, UnaryExchange, arguments, finish, listed, open,
};
pub use inventory;
pub use job::{Answer, Completion, Finish, Flow, Job, Takes};

pub use crate::background::Background;
pub use crate::cancellation::Cancellation;
pub use crate::config::{ConfigError, Described, WithSchema, WithoutSchema};
pub use crate::context::CallParts;
pub use crate::events::{EventExchange, EventHook, Trigger, Triggering};
pub use crate::hooks::reply::Reply;
pub use crate::received::Received;
