//! A plugin whose handlers do what a test tells them to, trouble above all.
//!
//! What to do is the text of a post, a command or an id, so that one handler of each class shows
//! every way to end. The words are in `act.rs`.

mod act;
mod print;
mod tasks;

use hookwright::prelude::*;
use hookwright::{Preference, ProductLimits, Reaction, RemoteCluster};

pub use act::{Settings, Told};

hookwright::plugin! { id: "com.example.trouble", state: Told, config: Settings }

#[hook(HookName::MessageWillBePosted)]
fn filter_sync(cx: &Context, post: Post) -> Result<Verdict<Post>> {
    act::blocking(cx, &post.message)?;
    Ok(act::verdict(post))
}

#[hook(HookName::MessageWillBeUpdated)]
async fn filter_async(cx: Context, new_post: Post, _old_post: Post) -> Result<Verdict<Post>> {
    act::waiting(&cx, &new_post.message).await?;
    Ok(act::verdict(new_post))
}

#[hook(HookName::UserWillLogIn, on_failure = "closed")]
fn gate(cx: &Context, user: User) -> Result<Gate> {
    act::blocking(cx, &user.username)?;
    Ok(match user.username.as_str() {
        "reject" => Verdict::reject("not today"),
        "empty" => Verdict::reject(""),
        _ => Verdict::Allow,
    })
}

#[hook(HookName::MessageHasBeenPosted)]
fn notify_sync(cx: &Context, post: Post) -> Result<()> {
    print::as_told(&post.message)?;
    act::blocking(cx, &post.message)
}

#[hook(HookName::MessageHasBeenUpdated, timeout = "200ms")]
async fn notify_async(cx: Context, new_post: Post, _old_post: Post) -> Result<()> {
    act::waiting(&cx, &new_post.message).await
}

#[hook(HookName::MessageHasBeenDeleted, timeout = "200ms")]
fn notify_sync_with_limit(cx: &Context, post: Post) -> Result<()> {
    act::blocking(cx, &post.message)
}

#[hook(HookName::ExecuteCommand)]
async fn value(cx: Context, args: CommandArgs) -> Result<Option<CommandResponse>> {
    act::waiting(&cx, &args.command).await?;
    let text = match args.command.as_str() {
        "decline" | "everyone declines" => return Ok(None),
        "settings" => cx.config::<Settings>().greeting.clone(),
        "left" => format!("{}", cx.time_left().is_some()),
        "caller" => cx.request_id().to_owned(),
        "told" => cx.state::<Told>().all(),
        command => act::ask_the_server(&cx, command).await?,
    };
    Ok(Some(CommandResponse { text, ..CommandResponse::default() }))
}

/// An acronym and an irregular name, inferred.
#[hook]
async fn on_saml_login(
    cx: Context,
    user: User,
    _assertion: hookwright::SamlAssertionInfoJson,
) -> Result<()> {
    act::waiting(&cx, &user.username).await
}

/// A regular name, inferred. The only handler of its hook, and the hook cannot say an error.
#[hook]
fn user_has_been_created(cx: &Context, user: User) -> Result<()> {
    act::blocking(cx, &user.username)
}

#[hook("OnActivate")]
async fn start(cx: Context) -> Result<()> {
    cx.state::<Told>().tell("OnActivate");
    act::waiting(&cx, &cx.config::<Settings>().on_activate).await
}

#[hook(HookName::OnConfigurationChange)]
fn configuration(cx: &Context) -> Result<()> {
    cx.state::<Told>().tell("OnConfigurationChange");
    act::blocking(cx, &cx.config::<Settings>().on_configuration_change)
}

#[hook(HookName::OnDeactivate)]
fn stop(cx: &Context) {
    cx.state::<Told>().tell("OnDeactivate");
}

#[hook(HookName::RunDataRetention)]
fn sum(_cx: &Context, _now_time: i64, batch_size: i64) -> Result<i64> {
    Ok(batch_size)
}

#[hook(HookName::OnSharedChannelsPing)]
fn all(_cx: &Context, remote_cluster: RemoteCluster) -> bool {
    remote_cluster.name != "dead"
}

#[hook(HookName::UserHasJoinedChannel)]
fn with_actor(cx: &Context, _member: ChannelMember, actor: Option<User>) {
    let actor = actor.map_or("nobody".to_owned(), |actor| format!("{:?}", actor.username));
    cx.state::<Told>().tell(&format!("UserHasJoinedChannel by {actor}"));
}

#[hook(HookName::ReactionHasBeenAdded)]
fn log_it(_cx: &Context, reaction: Reaction) {
    tracing::info!(emoji = reaction.emoji_name, "reacted");
}

#[hook(HookName::PreferencesHaveChanged)]
fn count(cx: &Context, preferences: Vec<Preference>) {
    cx.state::<Told>().tell(&format!("{} preferences", preferences.len()));
}

#[hook(HookName::OnCloudLimitsUpdated)]
fn print_to_stdout(_cx: &Context, _limits: ProductLimits) {
    act::print("printed by a plugin");
}
