//! Greets new users, and members who join a channel, with messages from the server's bot account.

mod greeting;
mod settings;

use hookwright::prelude::*;

pub use settings::Settings;

hookwright::plugin! { id: "com.hookwright.welcome", config: Settings }

/// A new user gets a direct message.
#[hook(HookName::UserHasBeenCreated)]
async fn greet_new_user(cx: Context, user: User) -> Result<()> {
    let settings = cx.config::<Settings>();
    let bot = greeting::bot(&cx).await?;
    let channel = cx.api().get_direct_channel(&bot, &user.id).await?;
    let message = greeting::fill(&settings.new_user, &user, "");
    greeting::post(&cx, &bot, &channel.id, message).await
}

/// Who joins a channel is greeted in it, where everyone sees it.
#[hook(HookName::UserHasJoinedChannel)]
async fn greet_in_channel(cx: Context, member: ChannelMember, _actor: Option<User>) -> Result<()> {
    let settings = cx.config::<Settings>();
    let channel = cx.api().get_channel(&member.channel_id).await?;
    if settings.quiet_channels.contains(&channel.name) {
        return Ok(());
    }
    let user = cx.api().get_user(&member.user_id).await?;
    if user.is_bot {
        return Ok(());
    }
    let bot = greeting::bot(&cx).await?;
    let message = greeting::fill(&settings.new_member, &user, &channel.display_name);
    greeting::post(&cx, &bot, &channel.id, message).await
}
