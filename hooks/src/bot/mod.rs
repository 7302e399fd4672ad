//! The plugin's bot, in whose name it speaks.

mod ensure;

use crate::api::{ApiError, Client};
use crate::{CommandArgs, Post};

pub use ensure::{BotError, BotProfile};

impl Client {
    /// The bot of a user id that [`Client::ensure_bot`] gave. Nothing is asked of the server.
    pub fn bot(&self, user_id: impl Into<String>) -> Bot {
        Bot { api: self.clone(), user_id: user_id.into() }
    }
}

/// A bot that can post.
#[derive(Debug, Clone)]
pub struct Bot {
    api: Client,
    user_id: String,
}

impl Bot {
    /// The id of its user.
    #[must_use]
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    /// Posts in a channel.
    ///
    /// # Errors
    ///
    /// The server refuses, or cannot be reached in time.
    pub async fn post(
        &self,
        channel_id: &str,
        message: impl Into<String>,
    ) -> Result<Post, ApiError> {
        self.api.create_post(self.written(channel_id, "", message.into())).await
    }

    /// Posts in the thread of a post.
    ///
    /// # Errors
    ///
    /// The server refuses, or cannot be reached in time.
    pub async fn reply(&self, to: &Post, message: impl Into<String>) -> Result<Post, ApiError> {
        let root = if to.root_id.is_empty() { &to.id } else { &to.root_id };
        self.api.create_post(self.written(&to.channel_id, root, message.into())).await
    }

    /// Sends a direct message to a user.
    ///
    /// # Errors
    ///
    /// The server refuses, or cannot be reached in time.
    pub async fn direct(
        &self,
        user_id: &str,
        message: impl Into<String>,
    ) -> Result<Post, ApiError> {
        let channel = self.api.get_direct_channel(&self.user_id, user_id).await?;
        self.post(&channel.id, message).await
    }

    /// Shows a message to one user in a channel, until that user looks elsewhere.
    ///
    /// # Errors
    ///
    /// The server refuses, or cannot be reached in time.
    pub async fn ephemeral(
        &self,
        user_id: &str,
        channel_id: &str,
        message: impl Into<String>,
    ) -> Result<Post, ApiError> {
        let post = self.written(channel_id, "", message.into());
        self.api.send_ephemeral_post(user_id, post).await
    }

    /// Shows a message to the caller of a slash command, where it was called: what comes later than
    /// the command's own answer, from work in the background.
    ///
    /// # Errors
    ///
    /// The server refuses, or cannot be reached in time.
    pub async fn answer(
        &self,
        call: &CommandArgs,
        message: impl Into<String>,
    ) -> Result<Post, ApiError> {
        let post = self.written(&call.channel_id, &call.root_id, message.into());
        self.api.send_ephemeral_post(&call.user_id, post).await
    }

    fn written(&self, channel_id: &str, root_id: &str, message: String) -> Post {
        Post {
            user_id: self.user_id.clone(),
            channel_id: channel_id.to_owned(),
            root_id: root_id.to_owned(),
            message,
            ..Post::default()
        }
    }
}
