//! From values of Go to encoded messages of the gRPC contract, and back, by the table.
//!
//! - [`Plans::message`] makes a message of a struct, [`Plans::structure`] a struct of a message;
//! - [`Plans::patch`] says what has changed between two messages, for a host that decodes an answer
//!   over the value that it has;
//! - [`Plans::overlay`] changes a received struct as its message was changed, for a host that takes the
//!   answer whole.

mod any;
mod building;
mod change;
mod fault;
mod json;
mod message;
mod plan;
mod protobuf;
mod scalar;
mod structure;
#[cfg(test)]
mod tests;
mod time;

pub use self::fault::Fault;
pub use self::plan::Plans;
pub(crate) use self::protobuf::parts;
