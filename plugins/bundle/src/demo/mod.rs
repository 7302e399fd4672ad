//! `hookwright demo`: the host of a real plugin process, which gets a few hundred chat messages.

mod corpus;
mod host;
mod judge;
mod play;
mod report;
mod server;
mod story;

use std::fmt::Display;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use hookwright::HookName;
use hookwright_runtime::host::{Launcher, LogLine};
use hookwright_runtime::log::Level;

use self::corpus::Event;
use self::host::Host;
use self::server::{Api, World};
use crate::interrupt::{HURRY, Interrupt};
use crate::output::{print, say};

/// Not everything went as expected.
const SURPRISED: u8 = 1;
const TIMEOUT: Duration = Duration::from_secs(10);

pub(crate) fn run(json: bool) -> Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(play(json))
}

async fn play(json: bool) -> Result<ExitCode> {
    let mut interrupt = Interrupt::watch()?;
    let chat = corpus::chat()?;
    let configuration = serde_json::to_vec(&corpus::configuration()?)?.into();
    let api = Api::new(World { configuration, ..World::default() });
    let (address, server) = api.serve().await.context("serving the plugin API")?;

    let begun = Instant::now();
    let launcher = Launcher::new(std::env::current_exe()?, Arc::new(show_log))
        .variable("MATTERMOST_PLUGIN_ID", "com.hookwright.demo")
        .variable("MATTERMOST_PLUGIN_API_TARGET", address);
    let child = interrupt.or(launcher.launch()).await?.context("starting the plugin process")?;
    let (target, id) = (child.target(), child.id().unwrap_or_default());
    step("handshake", format_args!("{target} in {:.1} ms, process {id}", milliseconds(begun)));

    let mut host = Host::new(child, api)?;
    let played = interrupt.or(act(&mut host, &chat)).await;
    let Host { child, tallies, story, mut surprises, .. } = host;
    let grace = if played.is_ok() { TIMEOUT } else { HURRY };
    let ended = interrupt.or(child.stop(grace)).await?.context("ending the plugin process")?;
    played??;
    step(
        "Shutdown",
        format_args!("{}{}", ended.status, if ended.killed { ", killed" } else { "" }),
    );
    server.abort();
    if ended.killed || !ended.status.success() {
        surprises.push(format!("the plugin process ended with {}", ended.status));
    }

    print(match json {
        true => {
            let summary = report::json(&tallies, &story, &surprises);
            format!("{}\n", serde_json::to_string_pretty(&summary)?)
        }
        false => format!("{}\n{}", report::table(&tallies), story.text()),
    })?;
    for surprise in &surprises {
        say(format_args!("not as expected: {surprise}"));
    }
    say(match surprises.len() {
        0 => format!("All {} lines went as expected.", chat.len()),
        many => format!("{many} of {} lines did not go as expected.", chat.len()),
    });
    Ok(ExitCode::from(exit_code(&surprises)))
}

/// What a host does with a plugin process, from its health to the end of its work.
async fn act(host: &mut Host, chat: &[Event]) -> Result<()> {
    ensure!(host.child.client().is_serving().await.context("health")?, "the plugin is not healthy");
    step("health", "SERVING");
    host.implemented = host.child.client().implemented(TIMEOUT).await.context("Implemented")?;
    step("Implemented", host.implemented.join(", "));
    for hook in [HookName::OnConfigurationChange, HookName::OnActivate] {
        host.lifecycle(hook).await?;
        step(hook, "ok");
    }
    let playing = Instant::now();
    for (index, event) in chat.iter().enumerate() {
        host.play(event).await?;
        if (index + 1) % 100 == 0 {
            step("chat", format_args!("{} of {} lines", index + 1, chat.len()));
        }
    }
    step("chat", format_args!("{} lines in {:.0} ms", chat.len(), milliseconds(playing)));
    host.lifecycle(HookName::OnDeactivate).await?;
    step(HookName::OnDeactivate, "ok");
    Ok(())
}

fn exit_code(surprises: &[String]) -> u8 {
    if surprises.is_empty() { 0 } else { SURPRISED }
}

fn step(what: impl Display, how: impl Display) {
    say(format_args!("{:<22} {how}", what.to_string()));
}

/// Shows what the plugin process logs, if it is worth a look.
fn show_log(line: LogLine) {
    if line.level >= Level::Warn {
        say(format_args!("  plugin: {} {}", line.level, line.message));
    }
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_surprise_is_enough_to_fail() {
        assert_eq!(exit_code(&[]), 0);
        assert_eq!(exit_code(&["not as expected".to_owned()]), 1);
    }
}
