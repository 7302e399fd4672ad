//! What a test puts into the world beforehand.

use bytes::Bytes;
use hookwright::api::Permission;
use hookwright::proto::ChannelType;
use hookwright::{Channel, FileInfo, Post, Preference, Reaction, Team, User};
use serde_json::Value;

use super::FakeServer;
use crate::HasId;

impl FakeServer {
    /// Adds a user, and gives it back.
    pub fn add_user(&self, user: User) -> User {
        self.world().users.insert(user.id.clone(), user.clone());
        user
    }

    /// Adds a team.
    pub fn add_team(&self, team: Team) -> Team {
        self.world().teams.insert(team.id.clone(), team.clone());
        team
    }

    /// Adds a channel.
    pub fn add_channel(&self, channel: Channel) -> Channel {
        self.world().channels.insert(channel.id.clone(), channel.clone());
        channel
    }

    /// Adds the channel of two users.
    pub fn add_direct_channel(&self, one: impl HasId, other: impl HasId) -> Channel {
        self.world().direct_channel(one.id(), other.id())
    }

    /// Makes users members of a channel, and of its team if that is known.
    pub fn add_members<U: HasId>(&self, channel: &Channel, users: impl IntoIterator<Item = U>) {
        let mut world = self.world();
        let has_team = matches!(channel.r#type(), ChannelType::Open | ChannelType::Private)
            && world.teams.contains_key(&channel.team_id);
        for user in users {
            if has_team {
                world.join_team(&channel.team_id, user.id());
            }
            world.join_channel(&channel.id, user.id());
        }
    }

    /// Makes users members of a team.
    pub fn add_team_members<U: HasId>(&self, team: &Team, users: impl IntoIterator<Item = U>) {
        let mut world = self.world();
        for user in users {
            world.join_team(&team.id, user.id());
        }
    }

    /// Adds a post as it is, of whomever and wherever.
    pub fn add_post(&self, post: Post) -> Post {
        self.world().posts.push(post.clone());
        post
    }

    /// Adds a reaction.
    pub fn add_reaction(&self, reaction: Reaction) -> Reaction {
        let mut world = self.world();
        world.reactions.push(reaction.clone());
        world.mark(&reaction.post_id);
        reaction
    }

    /// Adds a file with its content.
    pub fn add_file(&self, info: FileInfo, content: impl Into<Bytes>) -> FileInfo {
        self.world().store_file(info, content.into())
    }

    /// Sets a preference.
    pub fn add_preference(&self, user: impl HasId, category: &str, name: &str, value: &str) {
        let (category, name) = (category.to_owned(), name.to_owned());
        let (user_id, value) = (user.id().to_owned(), value.to_owned());
        self.world().preferences.push(Preference { user_id, category, name, value });
    }

    /// Sets the value of a key.
    pub fn set_value(&self, key: &str, value: impl Into<Bytes>) {
        self.world().set_value(key.to_owned(), value.into(), 0);
    }

    /// Sets the plugin's configuration, and tells nobody of it.
    pub fn set_plugin_config(&self, config: Value) {
        self.world().plugin_config = Some(config);
    }

    /// Sets the server's own configuration.
    pub fn set_config(&self, config: Value) {
        self.world().server_config = Some(config);
    }

    /// Allows a user something, everywhere.
    pub fn allow(&self, user: impl HasId, permission: Permission<'_>) {
        self.allow_in("", user, permission);
    }

    /// Allows a user something in a team or a channel.
    pub fn allow_in(&self, place: impl HasId, user: impl HasId, permission: Permission<'_>) {
        let key = (user.id().to_owned(), permission.as_str().to_owned(), place.id().to_owned());
        self.world().permissions.insert(key);
    }
}
