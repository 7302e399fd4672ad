//! Making a bot, or finding the one that is there.

use bytes::Bytes;

use super::Bot;
use crate::api::{ApiError, Client};
use crate::cluster::Mutex;
use crate::kv::KvError;
use crate::proto;

/// What Go's library locks, so that a plugin's nodes do not make its bot at the same time.
const MUTEX: &str = "mmi_bot_ensure";

/// How a bot looks.
///
/// ```
/// use hookwright::BotProfile;
/// use hookwright::prelude::*;
///
/// # async fn example(cx: &Context, user_id: &str) -> Result<()> {
/// let profile = BotProfile::new("digest").display_name("Digest").description("Sums up the day.");
/// let bot = cx.api().ensure_bot(profile).await?;
/// bot.direct(user_id, "Nothing happened today.").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct BotProfile {
    bot: proto::Bot,
    image: Option<Bytes>,
}

impl BotProfile {
    /// The user name, in small letters.
    #[must_use]
    pub fn new(username: impl Into<String>) -> Self {
        let bot = proto::Bot { username: username.into(), ..proto::Bot::default() };
        Self { bot, image: None }
    }

    /// The name that people see.
    #[must_use]
    pub fn display_name(mut self, name: impl Into<String>) -> Self {
        self.bot.display_name = name.into();
        self
    }

    /// What the bot is for.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.bot.description = text.into();
        self
    }

    /// Its picture, a PNG, JPEG or BMP file: `include_bytes!("bot.png").as_slice()`.
    #[must_use]
    pub fn image(self, file: impl Into<Bytes>) -> Self {
        Self { image: Some(file.into()), ..self }
    }
}

/// Why there is no bot.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BotError {
    /// The user name is that of a person, whose account is left as it is.
    #[error(
        "@{username} is the account of a person (user id {user_id}), and a bot was expected; give the bot another user name, or make a bot of the account: `mattermost user convert {username} --bot`"
    )]
    Person {
        /// The user name.
        username: String,
        /// Whose it is.
        user_id: String,
    },
    /// The nodes of the cluster could not agree on which of them makes the bot.
    #[error("the mutex of the bots could not be locked")]
    Lock(#[from] KvError),
    /// A call to the server failed.
    #[error("the bot could not be looked for, made or changed")]
    Api(#[from] ApiError),
}

impl Client {
    /// The bot of the profile's user name. It is made if there is none, and otherwise gets the
    /// display name, the description and the picture of the profile.
    ///
    /// A bot is known by its user name alone, so that each plugin of a binary may have one, or
    /// several. Go's `EnsureBot` keeps one bot for each plugin id instead, and renames that if it is
    /// given another name; here a bot of another name stays as it is.
    ///
    /// # Errors
    ///
    /// The name is a person's, the server refuses the name or the picture, or it cannot be reached
    /// in time.
    pub async fn ensure_bot(&self, profile: BotProfile) -> Result<Bot, BotError> {
        let guard = Mutex::new(self, MUTEX)?.lock().await?;
        let found = self.find_or_create(profile.bot).await;
        if let Err(error) = guard.unlock().await {
            tracing::warn!(%error, "the mutex of the bots was not unlocked");
        }
        let user_id = found?;
        if let Some(image) = profile.image {
            self.set_profile_image(&user_id, image).await?;
        }
        Ok(Bot { api: self.clone(), user_id })
    }

    async fn find_or_create(&self, wanted: proto::Bot) -> Result<String, BotError> {
        let user = match self.get_user_by_username(&wanted.username).await {
            Ok(user) => user,
            Err(error) if error.is_not_found() => {
                return Ok(self.create_bot(wanted).await?.user_id);
            }
            Err(error) => return Err(error.into()),
        };
        let known = match self.get_bot(&user.id, true).await {
            Ok(bot) => bot,
            Err(error) if error.is_not_found() => {
                return Err(BotError::Person { username: user.username, user_id: user.id });
            }
            Err(error) => return Err(error.into()),
        };
        let looks = |bot: &proto::Bot| (bot.display_name.clone(), bot.description.clone());
        if looks(&known) != looks(&wanted) {
            let patch = proto::BotPatch {
                display_name: Some(wanted.display_name),
                description: Some(wanted.description),
                ..proto::BotPatch::default()
            };
            self.patch_bot(&user.id, patch).await?;
        }
        Ok(user.id)
    }
}
