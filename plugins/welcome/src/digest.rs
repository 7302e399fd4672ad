//! Once a day: how many people were greeted.

use hookwright::prelude::*;

use crate::{Settings, bot, counts};

/// Posts the digest, if there is a channel for it and anything to tell.
pub(crate) async fn post(cx: Context) -> Result<()> {
    // As it is today: the configuration may have changed since yesterday.
    let settings = cx.config::<Settings>();
    let new = counts::get(&cx).await?.untold();
    if settings.digest_channel.is_empty() || new == 0 {
        return Ok(());
    }
    let message = match new {
        1 => "One person was welcomed since the last digest.".to_owned(),
        _ => format!("{new} people were welcomed since the last digest."),
    };
    bot::get(&cx).await?.post(&settings.digest_channel, message).await?;
    // Those who were greeted meanwhile are for the next one.
    counts::add(&cx, |counts| counts.told += new).await?;
    tracing::info!(people = new, "digest posted");
    Ok(())
}
