//! Posts, and reactions to them.

use hookwright::{Post, Reaction};

use super::MADE_AT;
use crate::{HasId, new_id};

/// A post by its message, of some user in some channel.
#[must_use]
pub fn post(message: &str) -> Post {
    Post {
        id: new_id("post"),
        create_at: MADE_AT,
        update_at: MADE_AT,
        user_id: new_id("user"),
        channel_id: new_id("channel"),
        message: message.to_owned(),
        ..Post::default()
    }
}

/// A reaction by the name of its emoji, without colons.
#[must_use]
pub fn reaction(emoji: &str, post: impl HasId, user: impl HasId) -> Reaction {
    Reaction {
        user_id: user.id().to_owned(),
        post_id: post.id().to_owned(),
        emoji_name: emoji.to_owned(),
        create_at: MADE_AT,
        update_at: MADE_AT,
        ..Reaction::default()
    }
}

/// More about a post.
pub trait BuildPost {
    /// In this channel.
    #[must_use]
    fn in_channel(self, channel: impl HasId) -> Self;
    /// By this user.
    #[must_use]
    fn by(self, user: impl HasId) -> Self;
    /// In the thread that begins with this post, and in its channel.
    #[must_use]
    fn in_thread_of(self, root: &Post) -> Self;
    /// Of a type that is not the usual one, such as `system_join_channel`.
    #[must_use]
    fn of_type(self, post_type: &str) -> Self;
    /// With another message: an edit.
    #[must_use]
    fn saying(self, message: &str) -> Self;
}

impl BuildPost for Post {
    fn in_channel(self, channel: impl HasId) -> Self {
        Self { channel_id: channel.id().to_owned(), ..self }
    }

    fn by(self, user: impl HasId) -> Self {
        Self { user_id: user.id().to_owned(), ..self }
    }

    fn in_thread_of(self, root: &Post) -> Self {
        Self { root_id: root.id.clone(), channel_id: root.channel_id.clone(), ..self }
    }

    fn of_type(self, post_type: &str) -> Self {
        Self { r#type: post_type.to_owned(), ..self }
    }

    fn saying(self, message: &str) -> Self {
        Self { message: message.to_owned(), ..self }
    }
}
