//! The parity suite: what is expected of every unary hook, and one way to check it.
//!
//! The expectations are written down here, hook by hook (`table.rs`), and how the answers of two
//! plugins become one is modelled here (`model.rs`). Nothing of it is asked of the product, so that
//! the two can disagree.

mod every;
mod failure;
mod mail;
mod model;
mod play;
mod request;
mod sample;
mod stage;
mod table;

pub use self::every::{check_all_hooks_at_once, check_every_hook, check_every_hook_over};
pub use self::failure::{Failure, failures};
pub use self::model::{Expected, expected};
pub use self::play::{Effect, Play, plays};
pub use self::request::a_request;
pub use self::sample::Sampler;
pub use self::stage::{FIRST, SECOND, Stage};
pub use self::table::{Errors, Form, HOOKS, Hook, OnFailure};
