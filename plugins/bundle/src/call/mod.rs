//! `hookwright call`: one hook sent to a plugin process.

mod http;
mod json;

use std::io::Read as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use hookwright_runtime::api::code_name;
use hookwright_runtime::connect::Target;
use hookwright_runtime::host::{Child, HookClient, Launcher, LogLine};

use self::json::{Method, is_netrpc_only};
use crate::interrupt::{HURRY, Interrupt};
use crate::output::{Fault, print, say};

/// The command by which this program, started as the child, knows who started it.
pub(crate) const CHILD: &str = "answer-call";

/// Answered with a rejection or an error in the reply.
const REFUSED: u8 = 10;
/// Answered with a gRPC status.
const STATUS: u8 = 1;
/// How long a child may take to end.
const GRACE: Duration = Duration::from_secs(5);

pub(crate) fn run(
    hook: &str,
    json: &str,
    target: Option<Target>,
    timeout: Duration,
) -> Result<ExitCode> {
    let method = Method::find(hook).map_err(Fault::usage)?;
    if is_netrpc_only(hook) {
        say(format_args!("note: only hosts that speak net/rpc send {hook}"));
    }
    let request = method.request(&text(json).map_err(Fault::usage)?).map_err(Fault::usage)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let answer = runtime.block_on(async {
        let mut interrupt = Interrupt::watch()?;
        match target {
            Some(target) => {
                let channel = interrupt.or(target.connect()).await?;
                let channel = channel.with_context(|| format!("connecting to {target}"))?;
                let client = HookClient::new(channel);
                Ok(interrupt.or(method.send(&client, request, timeout)).await?)
            }
            None => {
                let child = interrupt.or(launch()).await??;
                let call = method.send(child.client(), request, timeout);
                let answer = interrupt.or(call).await;
                let grace = if answer.is_ok() { GRACE } else { HURRY };
                interrupt.or(child.stop(grace)).await?.context("ending the child")?;
                anyhow::Ok(answer?)
            }
        }
    })?;
    match answer {
        Ok(reply) => {
            let reply = method.reply(reply)?;
            print(format!("{}\n", reply.text()?))?;
            Ok(ExitCode::from(if reply.is_refusal() { REFUSED } else { 0 }))
        }
        Err(status) => {
            say(format_args!("{}: {}", code_name(status.code()), status.message()));
            Ok(ExitCode::from(STATUS))
        }
    }
}

/// The child is this same program, started as a host would.
async fn launch() -> Result<Child> {
    let log = Arc::new(|line: LogLine| say(line.raw));
    let mut launcher = Launcher::new(std::env::current_exe()?, log);
    // The child is ours, so it is told what we were told: where the server's API is, and its
    // configuration.
    for (name, value) in std::env::vars_os() {
        let ours = ["HOOKWRIGHT_", "MATTERMOST_PLUGIN_"];
        // Whatever a server is to speak with this file: it is gRPC that is spoken here.
        let is_ours = ours.iter().any(|prefix| name.to_string_lossy().starts_with(prefix));
        if is_ours && name != "HOOKWRIGHT_PROTOCOL" {
            launcher = launcher.variable(name, value);
        }
    }
    launcher.argument(CHILD).launch().await.context("starting the plugin process")
}

/// The document: the text itself, stdin, or a file.
fn text(json: &str) -> Result<String> {
    if json.trim_start().starts_with('{') {
        return Ok(json.to_owned());
    }
    if json == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).context("reading stdin")?;
        return Ok(text);
    }
    std::fs::read_to_string(json)
        .with_context(|| format!("--json: reading the file {json} (a document begins with {{)"))
}
