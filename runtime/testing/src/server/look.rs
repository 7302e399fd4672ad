//! What a test looks at afterwards.

use bytes::Bytes;
use hookwright::proto::{
    Bot, Command, KeyValuePair, OpenDialogRequest, PublishWebSocketEventRequest, SendMailRequest,
};
use hookwright::{
    Channel, FileInfo, PluginClusterEvent, Post, Preference, PushNotification, Reaction, User,
};
use serde_json::Value;

use super::FakeServer;
use crate::HasId;

impl FakeServer {
    /// The user of this name.
    #[must_use]
    pub fn user(&self, name: &str) -> Option<User> {
        self.world().user_by_name(name).cloned()
    }

    /// The channel of this name.
    #[must_use]
    pub fn channel_named(&self, name: &str) -> Option<Channel> {
        self.world().channels.values().find(|channel| channel.name == name).cloned()
    }

    /// The name of a user whose id this is.
    pub(crate) fn username(&self, id: &str) -> Option<String> {
        self.world().users.get(id).map(|user| user.username.clone())
    }

    /// The team of a channel whose id this is.
    pub(crate) fn team_of(&self, channel_id: &str) -> Option<String> {
        self.world().channels.get(channel_id).map(|channel| channel.team_id.clone())
    }

    /// Whether a user is in a channel.
    #[must_use]
    pub fn is_member(&self, channel: impl HasId, user: impl HasId) -> bool {
        self.world().is_in_channel(channel.id(), user.id())
    }

    /// All posts that were not deleted, the first first.
    #[must_use]
    pub fn posts(&self) -> Vec<Post> {
        self.world().posts.iter().filter(|post| post.delete_at == 0).cloned().collect()
    }

    /// Those in one channel.
    #[must_use]
    pub fn posts_in(&self, channel: impl HasId) -> Vec<Post> {
        self.posts().into_iter().filter(|post| post.channel_id == channel.id()).collect()
    }

    /// The posts that only this user sees.
    #[must_use]
    pub fn ephemeral_posts(&self, user: impl HasId) -> Vec<Post> {
        let world = self.world();
        let of_user = world.said.ephemeral.iter().filter(|(to, _)| to == user.id());
        of_user.map(|(_, post)| post.clone()).collect()
    }

    /// The reactions to a post.
    #[must_use]
    pub fn reactions(&self, post: impl HasId) -> Vec<Reaction> {
        let world = self.world();
        let of_post = world.reactions.iter().filter(|reaction| reaction.post_id == post.id());
        of_post.cloned().collect()
    }

    /// The preferences of a user.
    #[must_use]
    pub fn preferences(&self, user: impl HasId) -> Vec<Preference> {
        let world = self.world();
        let of_user = world.preferences.iter().filter(|known| known.user_id == user.id());
        of_user.cloned().collect()
    }

    /// The value of a key, if it has not expired.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<Bytes> {
        self.world().value(key)
    }

    /// The bots.
    #[must_use]
    pub fn bots(&self) -> Vec<Bot> {
        self.world().bots.values().cloned().collect()
    }

    /// The slash commands that are offered.
    #[must_use]
    pub fn commands(&self) -> Vec<Command> {
        self.world().commands.clone()
    }

    /// The files, with their content.
    #[must_use]
    pub fn files(&self) -> Vec<(FileInfo, Bytes)> {
        self.world().files.values().cloned().collect()
    }

    /// The plugin's configuration.
    #[must_use]
    pub fn plugin_config(&self) -> Option<Value> {
        self.world().plugin_config.clone()
    }

    /// The dialogs that were opened.
    #[must_use]
    pub fn dialogs(&self) -> Vec<OpenDialogRequest> {
        self.world().said.dialogs.clone()
    }

    /// What went out over WebSockets.
    #[must_use]
    pub fn websocket_events(&self) -> Vec<PublishWebSocketEventRequest> {
        self.world().said.events.clone()
    }

    /// What went to other nodes of the cluster.
    #[must_use]
    pub fn cluster_events(&self) -> Vec<PluginClusterEvent> {
        self.world().said.cluster.clone()
    }

    /// The mails that were sent.
    #[must_use]
    pub fn mails(&self) -> Vec<SendMailRequest> {
        self.world().said.mails.clone()
    }

    /// The push notifications that were sent, with whom they were for.
    #[must_use]
    pub fn push_notifications(&self) -> Vec<(String, PushNotification)> {
        self.world().said.pushes.clone()
    }

    /// What was logged through the API: level, message, fields.
    #[must_use]
    pub fn log(&self) -> Vec<(&'static str, String, Vec<KeyValuePair>)> {
        self.world().said.log.clone()
    }
}
