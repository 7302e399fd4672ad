//! Every call of the plugin API, with arguments made of nothing but the names of their fields.
//!
//! In a plugin process it answers over HTTP, so that a host which is no Rust program can hold what it
//! sees against what was called: `/api/sample?MESSAGE` has the fields of a message as they are sent,
//! `/api/encoded?MESSAGE` is its encoding, `/api/json?MESSAGE` takes that and says what is in it, and
//! `/api/call?METHOD` makes a call and has what came of it; `/api/large?METHOD` makes one with 32 MiB,
//! and `/api/page?N` asks for a page of property fields and of values.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]
#![allow(missing_docs, reason = "they are named after what is in the contract")]

mod answer;
pub mod calls;
mod channels_posts;
mod contract;
mod others;
mod sample;
mod seen;
mod server;
mod users_teams;

pub use sample::Sample;
pub use seen::Seen;

hookwright::plugin! { id: "com.example.api-calls" }
