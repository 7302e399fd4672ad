//! A host in Go with its plugin: given orders over stdin, and asked of the kernel what they cost.

use std::collections::HashMap;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use hdrhistogram::Histogram;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::harness::child::Group;
use crate::harness::program::Program;
use crate::harness::server::{cpu_time, peak_mib};

/// How much longer than it should an answer may take before it is given up.
const PATIENCE: Duration = Duration::from_secs(60);

/// A host. It is killed with its plugin when this is dropped; and when this program ends otherwise, both
/// end by themselves, since nobody holds their stdin any more.
#[derive(Debug)]
pub(super) struct Host {
    child: Child,
    orders: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    plugin: u32,
    host: u32,
    _group: Group,
}

/// What one turn came to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lap {
    pub(super) calls_per_s: f64,
    pub(super) cpu_us_per_call: f64,
    /// The same of the host.
    pub(super) host_us_per_call: f64,
}

/// Which process the plugin is.
#[derive(Debug, Deserialize)]
struct Started {
    process: u32,
}

/// What a host says when it has called for long enough.
#[derive(Debug, Deserialize)]
struct Outcome {
    calls: u64,
    nanoseconds: u64,
    latencies: HashMap<u64, u64>,
}

impl Host {
    /// Starts a host that starts a plugin.
    pub(super) async fn start(host: &Program, plugin: &Program) -> Result<Self> {
        let mut command = Command::new(&host.path);
        command.arg(&plugin.path).process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // The plugin inherits them, and would take them for its host's or its operator's.
        for (name, _) in std::env::vars_os() {
            let own = ["MATTERMOST_", "HOOKWRIGHT_"];
            if own.iter().any(|own| name.to_string_lossy().starts_with(own)) {
                command.env_remove(name);
            }
        }
        let mut child = command.spawn().context("the host in Go does not start")?;
        let host = child.id().context("the host in Go has ended")?;
        let (_group, pipes) = (Group::of(host), child.stdin.take().zip(child.stdout.take()));
        let (orders, answers) = pipes.context("the host in Go has no pipes")?;
        let answers = BufReader::new(answers).lines();
        let mut started = Self { child, orders, answers, plugin: 0, host, _group };
        let Started { process } = started.answer(PATIENCE).await?;
        started.plugin = process;
        Ok(started)
    }

    /// The process of the host.
    pub(super) fn id(&self) -> u32 {
        self.host
    }

    /// The process of the plugin.
    pub(super) fn plugin(&self) -> u32 {
        self.plugin
    }

    /// The most memory that the plugin ever had.
    pub(super) fn peak_mib(&self) -> Result<f64> {
        peak_mib(self.plugin)
    }

    /// Has so many calls in flight for so long; adds to the latencies.
    pub(super) async fn load(
        &mut self,
        in_flight: usize,
        time: Duration,
        latencies: &mut Histogram<u64>,
    ) -> Result<Lap> {
        let before = (cpu_time(self.plugin)?, cpu_time(self.host)?);
        let order = format!("{in_flight} {}\n", time.as_millis());
        let sent = self.orders.write_all(order.as_bytes()).await;
        // If it has ended, its last words say more.
        let outcome: Outcome = self.answer(time * 2 + PATIENCE).await?;
        sent?;
        let after = (cpu_time(self.plugin)?, cpu_time(self.host)?);
        for (took, count) in outcome.latencies {
            latencies.record_n(took, count)?;
        }
        let calls = outcome.calls as f64;
        let per_call = |before: Duration, after: Duration| {
            after.saturating_sub(before).as_secs_f64() * 1e6 / calls
        };
        Ok(Lap {
            calls_per_s: calls * 1e9 / outcome.nanoseconds as f64,
            cpu_us_per_call: per_call(before.0, after.0),
            host_us_per_call: per_call(before.1, after.1),
        })
    }

    async fn answer<T: DeserializeOwned>(&mut self, limit: Duration) -> Result<T> {
        let line = tokio::time::timeout(limit, self.answers.next_line()).await;
        match line.with_context(|| format!("the host has not answered within {limit:?}"))?? {
            Some(line) => serde_json::from_str(&line).with_context(|| format!("it says {line:?}")),
            None => {
                let mut words = String::new();
                if let Some(stderr) = &mut self.child.stderr {
                    stderr.read_to_string(&mut words).await?;
                }
                bail!("the host in Go has ended: {}", words.trim())
            }
        }
    }
}
