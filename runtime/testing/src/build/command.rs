//! Slash commands that a user runs.

use hookwright::CommandArgs;

use crate::{HasId, new_id};

/// A line that begins with a slash, from some user in some channel.
#[must_use]
pub fn command(line: &str) -> CommandArgs {
    CommandArgs {
        user_id: new_id("user"),
        channel_id: new_id("channel"),
        team_id: new_id("team"),
        trigger_id: new_id("trigger"),
        command: line.to_owned(),
        ..CommandArgs::default()
    }
}

/// More about a command.
pub trait BuildCommand {
    /// Run by this user.
    #[must_use]
    fn by(self, user: impl HasId) -> Self;
    /// Run in this channel.
    #[must_use]
    fn in_channel(self, channel: impl HasId) -> Self;
    /// Run in this team.
    #[must_use]
    fn in_team(self, team: impl HasId) -> Self;
    /// Run in the thread that begins with this post.
    #[must_use]
    fn in_thread_of(self, root: impl HasId) -> Self;
}

impl BuildCommand for CommandArgs {
    fn by(self, user: impl HasId) -> Self {
        Self { user_id: user.id().to_owned(), ..self }
    }

    fn in_channel(self, channel: impl HasId) -> Self {
        Self { channel_id: channel.id().to_owned(), ..self }
    }

    fn in_team(self, team: impl HasId) -> Self {
        Self { team_id: team.id().to_owned(), ..self }
    }

    fn in_thread_of(self, root: impl HasId) -> Self {
        Self { root_id: root.id().to_owned(), ..self }
    }
}
