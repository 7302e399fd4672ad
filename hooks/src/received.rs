//! What a host sends along with the arguments, and their messages have no field for.

use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;
use prost::Message as _;
use serde::de::DeserializeOwned;

use crate::proto::Session;
use crate::{Context, Result};

/// The arguments of a call as the host sent them.
pub trait Received: fmt::Debug + Send + Sync {
    /// A part of them as JSON, by a path as [`Context::beyond`] takes it.
    fn json(&self, path: &str) -> Option<serde_json::Value>;

    /// A part of them as the message of this name, encoded.
    fn message(&self, path: &str, name: &str) -> Option<Bytes>;
}

/// Who and what a command mentions, by the names in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mentions {
    /// The ids of the users.
    pub users: BTreeMap<String, String>,
    /// The ids of the channels.
    pub channels: BTreeMap<String, String>,
}

impl Context {
    /// A part of the arguments that their messages have no field for: the name of the argument, and
    /// then the server's own names, or the places in a list, as in `post.Metadata.Emojis.0.Name`.
    /// `None` where the host has sent none, which no host that speaks gRPC does: it has the messages.
    ///
    /// ```
    /// use hookwright::prelude::*;
    ///
    /// #[hook(HookName::MessageHasBeenPosted)]
    /// fn emojis(cx: &Context, post: Post) -> Result<()> {
    ///     #[derive(serde::Deserialize)]
    ///     #[serde(rename_all = "PascalCase")]
    ///     struct Emoji { name: String }
    ///
    ///     let emojis: Option<Vec<Emoji>> = cx.beyond("post.Metadata.Emojis")?;
    ///     for emoji in emojis.unwrap_or_default() {
    ///         tracing::info!(post = post.id, emoji = emoji.name, "a custom emoji");
    ///     }
    ///     Ok(())
    /// }
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    ///
    /// It is there, and is not a `T`.
    pub fn beyond<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>> {
        let json = self.received().and_then(|received| received.json(path));
        let read = json.map(serde_json::from_value).transpose();
        read.map_err(|fault| anyhow::anyhow!("`{path}` does not fit: {fault}"))
    }

    /// Whom and what the command mentions, in a handler of `ExecuteCommand`. `None` where the host does
    /// not say; [`Self::caller`] has the id of the user's session.
    #[must_use]
    pub fn mentions(&self) -> Option<Mentions> {
        self.received()?.json("args")?;
        let named = |path| self.beyond(path).ok().flatten().unwrap_or_default();
        Some(Mentions {
            users: named("args.UserMentions"),
            channels: named("args.ChannelMentions"),
        })
    }

    /// The session of the client, in a handler of `WebSocketMessageHasBeenPosted`. `None` where the
    /// host does not say.
    #[must_use]
    pub fn session(&self) -> Option<Session> {
        let session = self.received()?.message("request.Session", "Session")?;
        Session::decode(session).ok()
    }
}
