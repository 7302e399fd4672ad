//! `hookwright demo`: the host of a real plugin process, which gets a few hundred chat messages.

mod corpus;
mod host;
mod report;
mod server;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use hookwright::HookName;
use hookwright_runtime::host::Launcher;
use hookwright_runtime::log::{Level, Record};
use serde_json::{Value, json};

use self::host::Host;
use self::server::{Api, World};
use crate::cli::{print, say};

/// Not everything went as expected.
const SURPRISED: u8 = 1;
const TIMEOUT: Duration = Duration::from_secs(10);

pub(crate) fn run(json: bool) -> Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(play(json))
}

async fn play(json: bool) -> Result<ExitCode> {
    let chat = corpus::chat()?;
    let configuration = serde_json::to_vec(&corpus::configuration()?)?.into();
    let api = Api::new(World { configuration, ..World::default() });
    let (address, server) = api.serve().await.context("serving the plugin API")?;

    let begun = Instant::now();
    let launcher = Launcher::new(std::env::current_exe()?, Arc::new(show_log))
        .variable("MATTERMOST_PLUGIN_ID", "com.hookwright.demo")
        .variable("MATTERMOST_PLUGIN_API_TARGET", address);
    let child = launcher.launch().await.context("starting the plugin process")?;
    step("handshake", format_args!("{} in {:.1} ms", child.target(), milliseconds(begun)));
    ensure!(child.client().is_serving().await.context("health")?, "the plugin is not healthy");
    step("health", "SERVING");
    let implemented = child.client().implemented(TIMEOUT).await.context("Implemented")?;
    step("Implemented", implemented.join(", "));

    let mut host = Host::new(child, api, implemented)?;
    for hook in [HookName::OnConfigurationChange, HookName::OnActivate] {
        host.lifecycle(hook).await?;
        step(hook, "ok");
    }
    let playing = Instant::now();
    for (index, event) in chat.iter().enumerate() {
        host.play(event).await?;
        if (index + 1) % 100 == 0 || index + 1 == chat.len() {
            step("chat", format_args!("{} of {} lines", index + 1, chat.len()));
        }
    }
    step("chat", format_args!("done in {:.0} ms", milliseconds(playing)));
    host.lifecycle(HookName::OnDeactivate).await?;
    step(HookName::OnDeactivate, "ok");

    let did = what_plugins_did(&host);
    let tallies = std::mem::take(&mut host.tallies);
    let mut surprises = std::mem::take(&mut host.surprises);
    let ended = host.into_child().stop(TIMEOUT).await.context("ending the plugin process")?;
    step(
        "Shutdown",
        format_args!("{}{}", ended.status, if ended.killed { ", killed" } else { "" }),
    );
    server.abort();
    if ended.killed || !ended.status.success() {
        surprises.push(format!("the plugin process ended with {}", ended.status));
    }

    if json {
        let summary = report::json(&tallies, &did, &surprises);
        print(format!("{}\n", serde_json::to_string_pretty(&summary)?))?;
    } else {
        print(format!("{}\n\n", report::table(&tallies)))?;
        for (plugin, did) in &did {
            print(format!("{plugin}: {did}\n"))?;
        }
    }
    for surprise in &surprises {
        say(format_args!("not as expected: {surprise}"));
    }
    say(match surprises.len() {
        0 => format!("All {} lines went as expected.", chat.len()),
        many => format!("{many} of {} lines did not go as expected.", chat.len()),
    });
    Ok(ExitCode::from(if surprises.is_empty() { 0 } else { SURPRISED }))
}

/// What each plugin did, as the server saw it.
fn what_plugins_did(host: &Host) -> BTreeMap<&'static str, Value> {
    let world = host.world();
    let direct = world.posts.iter().filter(|post| post.channel_id.contains("__")).count();
    BTreeMap::from([
        ("com.hookwright.content-filter", json!({ "commands_registered": world.commands })),
        (
            "com.hookwright.welcome",
            json!({ "direct_messages": direct, "greetings_in_channels": world.posts.len() - direct }),
        ),
    ])
}

fn step(what: impl Display, how: impl Display) {
    say(format_args!("{:<22} {how}", what.to_string()));
}

/// Shows what the plugin process logs, if it is worth a look.
fn show_log(line: &str) {
    let record = Record::from_line(line);
    if record.level >= Level::Warn {
        say(format_args!("  plugin: {} {}", record.level, record.message));
    }
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}
