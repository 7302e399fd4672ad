//! A second plugin, to be chained with the first one.

use hookwright::prelude::*;
use serde::Deserialize;

hookwright::plugin! { id: "com.example.zzz-second", config: Settings }

/// The plugin's configuration.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Whether OnActivate fails.
    pub refuses_to_start: bool,
    /// A number, to be given wrongly.
    pub share: u8,
}

#[hook(HookName::OnActivate)]
fn start(cx: &Context) -> Result<()> {
    match cx.config::<Settings>().refuses_to_start {
        true => Err(anyhow::anyhow!("the second does not start")),
        false => Ok(()),
    }
}

#[hook(HookName::OnConfigurationChange)]
fn configuration(cx: &Context) {
    tracing::info!(share = cx.config::<Settings>().share, "second was configured");
}

#[hook(HookName::OnDeactivate)]
fn stop(_cx: &Context) {
    tracing::info!("second was deactivated");
}

#[hook(HookName::MessageWillBePosted)]
async fn filter(_cx: Context, mut post: Post) -> Verdict<Post> {
    tracing::debug!(message = post.message, "second was asked");
    match post.message.as_str() {
        "second rejects" | "rewrite, then reject by trouble" => {
            Verdict::reject("the second says no")
        }
        message if message.starts_with("rewrite") => {
            post.message = format!("{message} and second");
            Verdict::Replace(post)
        }
        _ => Verdict::Allow,
    }
}

#[hook(HookName::MessageHasBeenPosted, priority = -1)]
fn notify(_cx: &Context, post: Post) {
    tracing::info!(message = post.message, "second was told");
}

#[hook(HookName::RunDataRetention)]
fn sum(_cx: &Context, _now_time: i64, _batch_size: i64) -> i64 {
    1
}

#[hook(HookName::OnSharedChannelsPing)]
fn all(_cx: &Context, _remote_cluster: hookwright::RemoteCluster) -> bool {
    true
}

#[hook(HookName::ExecuteCommand)]
fn value(_cx: &Context, args: CommandArgs) -> Option<CommandResponse> {
    let text = "answered by the second".to_owned();
    (args.command == "decline").then(|| CommandResponse { text, ..CommandResponse::default() })
}
