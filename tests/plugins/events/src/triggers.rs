//! Handlers of hooks that trigger events.

use hookwright::events::{Client, ClientHostnameChanged};
use hookwright::prelude::*;

use crate::handlers::added;

/// What came of the event is the error.
#[hook(HookName::MessageWillBePosted, on_failure = "closed")]
async fn trigger(cx: Context, post: Post) -> Result<Verdict<Post>> {
    let triggered = match post.message.as_str() {
        previous if previous == "wait" || previous.contains(':') => {
            let previous_hostname = previous.to_owned();
            let client = Some(Client::default());
            cx.events().trigger(ClientHostnameChanged { client, previous_hostname }).await
        }
        hostname => cx.events().trigger(added(hostname)).await,
    };
    Ok(match triggered.failed().next() {
        None => Verdict::Allow,
        Some(ran) => Verdict::reject(format!("{} failed", ran.handler)),
    })
}

/// The same on a thread that may block.
#[hook(HookName::MessageWillBeUpdated, on_failure = "closed")]
fn trigger_blocking(cx: &Context, new_post: Post, _old_post: Post) -> Verdict<Post> {
    let triggered = cx.events().trigger_blocking(added(&new_post.message));
    match triggered.failed().next() {
        None => Verdict::Allow,
        Some(ran) => Verdict::reject(format!("{} failed", ran.handler)),
    }
}
