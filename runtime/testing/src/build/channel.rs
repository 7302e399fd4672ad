//! Channels, and who is in them.

use hookwright::proto::ChannelType;
use hookwright::{Channel, ChannelMember};

use super::MADE_AT;
use crate::{HasId, new_id};

/// A public channel, by the name in its URL.
#[must_use]
pub fn channel(name: &str) -> Channel {
    Channel {
        id: new_id("channel"),
        create_at: MADE_AT,
        update_at: MADE_AT,
        team_id: new_id("team"),
        r#type: ChannelType::Open.into(),
        display_name: name.to_owned(),
        name: name.to_owned(),
        ..Channel::default()
    }
}

/// An ordinary membership in a channel.
#[must_use]
pub fn channel_member(channel: impl HasId, user: impl HasId) -> ChannelMember {
    ChannelMember {
        channel_id: channel.id().to_owned(),
        user_id: user.id().to_owned(),
        roles: "channel_user".to_owned(),
        scheme_user: true,
        last_update_at: MADE_AT,
        ..ChannelMember::default()
    }
}

/// More about a channel.
pub trait BuildChannel {
    /// In this team.
    #[must_use]
    fn in_team(self, team: impl HasId) -> Self;
    /// Seen by its members alone.
    #[must_use]
    fn private(self) -> Self;
    /// Under this name for people.
    #[must_use]
    fn displayed_as(self, name: &str) -> Self;
    /// In the archive.
    #[must_use]
    fn archived(self) -> Self;
}

impl BuildChannel for Channel {
    fn in_team(self, team: impl HasId) -> Self {
        Self { team_id: team.id().to_owned(), ..self }
    }

    fn private(self) -> Self {
        Self { r#type: ChannelType::Private.into(), ..self }
    }

    fn displayed_as(self, name: &str) -> Self {
        Self { display_name: name.to_owned(), ..self }
    }

    fn archived(self) -> Self {
        Self { delete_at: MADE_AT, ..self }
    }
}
