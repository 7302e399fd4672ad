//! `/welcome`: what is said, and to how many.

use std::sync::LazyLock;

use hookwright::ChannelType;
use hookwright::api::Permission;
use hookwright::prelude::*;
use hookwright::slash::{Argument, Call, Command};
use serde::Deserialize;

use crate::{counts, greeting};

pub(crate) static WELCOME: LazyLock<Command> = LazyLock::new(|| {
    Command::new("welcome", "Greets people.")
        .display_name("Welcome")
        .subcommand(
            Command::new("preview", "Shows you how you would be greeted.")
                .argument(
                    Argument::choice("as", "What you would be", ["member", "user"])
                        .default("member"),
                )
                .run(preview),
        )
        .subcommand(
            Command::new("text", "Gives this channel a greeting of its own.")
                .argument(Argument::rest("text", "With {name} and {channel} in it"))
                .run(set_text),
        )
        .subcommand(Command::new("reset", "Takes this channel's own greeting away.").run(reset))
        .subcommand(Command::new("stats", "Says how many were greeted.").run(stats))
});

#[derive(Deserialize)]
struct Preview {
    r#as: Role,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Role {
    Member,
    User,
}

async fn preview(call: Call<Preview>) -> Result<String> {
    let user = call.cx.api().get_user(&call.request.user_id).await?;
    Ok(match call.arguments.r#as {
        Role::User => greeting::for_user(&call.cx, &user),
        Role::Member => {
            let channel = call.cx.api().get_channel(&call.request.channel_id).await?;
            greeting::for_member(&call.cx, &user, &channel).await?
        }
    })
}

#[derive(Deserialize)]
struct Text {
    text: String,
}

async fn set_text(call: Call<Text>) -> Result<&'static str> {
    may_change(&call).await?;
    greeting::set(&call.cx, &call.request.channel_id, Some(&call.arguments.text)).await?;
    Ok("From now on whoever joins this channel is greeted so.")
}

async fn reset(call: Call) -> Result<&'static str> {
    may_change(&call).await?;
    greeting::set(&call.cx, &call.request.channel_id, None).await?;
    Ok("From now on whoever joins this channel is greeted as everywhere.")
}

async fn stats(call: Call) -> Result<String> {
    let counts = counts::get(&call.cx).await?;
    Ok(format!("{} new users and {} new members were greeted.", counts.users, counts.members))
}

/// Whoever may change a channel's header may change its greeting.
async fn may_change<A>(call: &Call<A>) -> Result<()> {
    let (user_id, channel_id) = (&call.request.user_id, &call.request.channel_id);
    let channel = call.cx.api().get_channel(channel_id).await?;
    let permission = match channel.r#type() {
        ChannelType::Open => Permission::MANAGE_PUBLIC_CHANNEL_PROPERTIES,
        ChannelType::Private => Permission::MANAGE_PRIVATE_CHANNEL_PROPERTIES,
        _ => {
            return Err(Error::invalid(
                "Nobody joins a direct message, so nobody is greeted here.",
            ));
        }
    };
    match call.cx.api().has_permission_to_channel(user_id, channel_id, permission).await? {
        true => Ok(()),
        false => Err(Error::denied("Only who may change this channel may change its greeting.")),
    }
}
