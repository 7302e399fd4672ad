//! What the handlers of the parity fixtures do next, and what they were told.
//!
//! Many requests have no text in which a test could say what is to happen, so it says it beforehand,
//! over HTTP: `/script` takes a [`Script`] for one hook, and `/told?HOOK` answers with the calls of that
//! hook's handlers since then.

mod answer;
mod control;
mod handlers;
mod play;
mod seen;
mod words;

pub use answer::Output;
pub use play::{play, play_async};
pub use seen::Seen;
pub use words::{Action, Answer, AppFault, Argument, Kind, Script, Told};

hookwright::plugin! { id: "com.example.parity.script" }
