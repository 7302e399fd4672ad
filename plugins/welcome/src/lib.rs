//! Greets new users, and members who join a channel, in the name of a bot.
//!
//! What is said, and where nothing is, is the plugin's configuration ([`Settings`]). A channel may
//! have a greeting of its own: `/welcome text`. How many were greeted is told once a day in a channel
//! that the configuration names.

mod bot;
mod command;
mod counts;
mod digest;
mod greeting;
mod settings;

use std::time::Duration;

use hookwright::cluster::Schedule;
use hookwright::prelude::*;

pub use settings::Settings;

hookwright::plugin! { id: "com.hookwright.welcome", state: bot::Known, config: Settings }

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[hook(HookName::OnActivate)]
async fn activate(cx: Context) -> Result<()> {
    command::WELCOME.register(&cx).await?;
    cx.schedule("digest", Schedule::rounded(DAY), digest::post)?;
    Ok(())
}

#[hook(HookName::ExecuteCommand)]
async fn execute_command(cx: Context, args: CommandArgs) -> Result<Option<CommandResponse>> {
    command::WELCOME.answer(cx, args).await
}

/// A new user gets a direct message.
#[hook(HookName::UserHasBeenCreated)]
async fn greet_new_user(cx: Context, user: User) -> Result<()> {
    let message = greeting::for_user(&cx, &user);
    bot::get(&cx).await?.direct(&user.id, message).await?;
    counts::add(&cx, |counts| counts.users += 1).await
}

/// Who joins a channel is greeted in it, where everyone sees it.
#[hook(HookName::UserHasJoinedChannel)]
async fn greet_in_channel(cx: Context, member: ChannelMember, _actor: Option<User>) -> Result<()> {
    let channel = cx.api().get_channel(&member.channel_id).await?;
    if cx.config::<Settings>().quiet_channels.contains(&channel.name) {
        return Ok(());
    }
    let user = cx.api().get_user(&member.user_id).await?;
    if user.is_bot {
        return Ok(());
    }
    let message = greeting::for_member(&cx, &user, &channel).await?;
    bot::get(&cx).await?.post(&channel.id, message).await?;
    counts::add(&cx, |counts| counts.members += 1).await
}
