//! The account that greets.

use std::sync::OnceLock;

use hookwright::prelude::*;
use hookwright::{Bot, BotProfile};

/// The bot's user id, once it is known.
#[derive(Default)]
pub(crate) struct Known(OnceLock<String>);

/// The bot, made at its first use.
pub(crate) async fn get(cx: &Context) -> Result<Bot> {
    let Known(user_id) = cx.state();
    if let Some(user_id) = user_id.get() {
        return Ok(cx.api().bot(user_id));
    }
    let profile = BotProfile::new("welcome")
        .display_name("Welcome")
        .description("Greets people.")
        .image(include_bytes!("../assets/bot.png").as_slice());
    let bot = cx.api().ensure_bot(profile).await?;
    Ok(cx.api().bot(user_id.get_or_init(|| bot.user_id().to_owned())))
}
