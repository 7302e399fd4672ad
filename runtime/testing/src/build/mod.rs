//! Builders: messages as a server has them, with valid ids, in few words.
//!
//! Each begins with a function that has the one thing that matters, and goes on with what else the
//! test needs. The result is the message itself.
//!
//! ```
//! use hookwright_testing::prelude::*;
//!
//! let ada = user("ada").named("Ada", "Lovelace");
//! let town = channel("town-square");
//! let post = post("hi").in_channel(&town).by(&ada);
//! assert_eq!((post.channel_id, post.user_id), (town.id, ada.id));
//! ```

mod channel;
mod command;
mod file;
mod post;
mod team;
mod user;

pub use channel::{BuildChannel, channel, channel_member};
pub use command::{BuildCommand, command};
pub use file::{BuildFile, file};
pub use post::{BuildPost, post, reaction};
pub use team::{BuildTeam, team, team_member};
pub use user::{BuildUser, user};

/// When what is built was made, in milliseconds: any time will do, but zero means "never".
pub(crate) const MADE_AT: i64 = 1_700_000_000_000;
