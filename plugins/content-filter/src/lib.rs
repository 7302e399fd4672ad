//! Refuses, rewrites or drops posts by lists of words.
//!
//! The lists are the plugin's configuration ([`Settings`]). A post is looked at when it is written
//! and when it is edited; `/filter check TEXT` says what would happen to a text.

mod command;
mod settings;
mod words;

use hookwright::prelude::*;

pub use settings::Settings;
pub use words::{Decision, Words};

hookwright::plugin! { id: "com.hookwright.content-filter", config: Settings }

/// Says at start what is in force, and offers the command where there is a server to offer it to.
#[hook(HookName::OnActivate)]
async fn announce(cx: Context) -> Result<()> {
    tracing::info!(words = cx.config::<Settings>().words().summary(), "filtering");
    command::FILTER.register(&cx).await
}

#[hook(HookName::OnConfigurationChange)]
fn say_what_changed(cx: &Context) {
    tracing::info!(words = cx.config::<Settings>().words().summary(), "filtering from now on");
}

#[hook(HookName::MessageWillBePosted)]
fn filter_post(cx: &Context, post: Post) -> Verdict<Post> {
    verdict(cx, post)
}

#[hook(HookName::MessageWillBeUpdated)]
fn filter_edit(cx: &Context, new_post: Post, _old_post: Post) -> Verdict<Post> {
    // An edit cannot be dropped silently: its author would believe that it was made.
    match verdict(cx, new_post) {
        dismissed if dismissed == Verdict::dismiss() => {
            Verdict::reject(&cx.config::<Settings>().rejection)
        }
        verdict => verdict,
    }
}

#[hook(HookName::ExecuteCommand)]
async fn answer_command(cx: Context, args: CommandArgs) -> Result<Option<CommandResponse>> {
    command::FILTER.answer(cx, args).await
}

fn verdict(cx: &Context, mut post: Post) -> Verdict<Post> {
    let settings = cx.config::<Settings>();
    match settings.words().decide(&post.message) {
        Decision::Allow => Verdict::Allow,
        Decision::Dismiss(_) => Verdict::dismiss(),
        Decision::Reject(_) => Verdict::reject(&settings.rejection),
        Decision::Replace(message) => {
            post.message = message;
            Verdict::Replace(post)
        }
    }
}
