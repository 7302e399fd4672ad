//! One round: two processes of the same program, one idle and one whose first plugin is stuck, asked
//! in turns, so that whatever else this machine does hits both.

use std::time::{Duration, Instant};

use hookwright_proto::mattermost::plugin_hooks_client::PluginHooksClient;
use hookwright_proto::mattermost::{ChannelHasBeenCreatedRequest, UserHasLeftChannelRequest};
use hookwright_tests::ask::{created, update};
use hookwright_tests::{Plugin, hosted};
use serde::Serialize;
use tokio::task::JoinSet;
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

/// How many calls get stuck.
pub(crate) const STUCK: usize = 1000;
/// How often each process is asked each thing.
pub(crate) const SAMPLES: usize = 1000;
/// How many synchronous handlers of one plugin run at a time, unless it is set otherwise.
const SLOTS: usize = 16;

/// What the handlers are that get stuck.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// They wait for ever.
    Async,
    /// Their threads are parked for ever.
    Sync,
}

/// What is asked beside them.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Asked {
    /// An async handler of the other plugin.
    Async,
    /// A sync one.
    Sync,
    /// Health.
    Health,
}

/// The medians of one thing asked.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Row {
    pub(crate) stuck: Kind,
    pub(crate) asked: Asked,
    pub(crate) idle_us: f64,
    pub(crate) stuck_us: f64,
    pub(crate) ratio: f64,
}

/// Measures both kinds of handlers.
pub(crate) async fn round(program: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    for stuck in [Kind::Async, Kind::Sync] {
        let idle = Process::start(program).await;
        let mut busy = Process::start(program).await;
        busy.get_stuck(stuck).await;
        for asked in [Asked::Async, Asked::Sync, Asked::Health] {
            rows.push(compare(stuck, asked, &idle, &busy).await);
        }
        assert_eq!(busy.calls.len(), STUCK);
        assert!(busy.calls.try_join_next().is_none(), "a call that was to be stuck has ended");
    }
    rows
}

async fn compare(stuck: Kind, asked: Asked, idle: &Process, busy: &Process) -> Row {
    let (mut of_idle, mut of_busy) = (Vec::new(), Vec::new());
    for sample in 0..SAMPLES + SAMPLES / 10 {
        // Who comes first changes as well.
        let (idle_took, busy_took) = match sample % 2 == 0 {
            true => (idle.time(asked).await, busy.time(asked).await),
            false => {
                let busy_took = busy.time(asked).await;
                (idle.time(asked).await, busy_took)
            }
        };
        if sample >= SAMPLES / 10 {
            of_idle.push(idle_took);
            of_busy.push(busy_took);
        }
    }
    let (idle_us, stuck_us) = (median(of_idle), median(of_busy));
    Row { stuck, asked, idle_us, stuck_us, ratio: stuck_us / idle_us }
}

/// A process, and the one connection to it that a host has.
struct Process {
    plugin: Plugin,
    channel: Channel,
    hooks: PluginHooksClient<Channel>,
    calls: JoinSet<()>,
}

impl Process {
    async fn start(program: &str) -> Self {
        let mut command = hosted(program);
        // What is stuck is to stay so, and all of it to be let in.
        command
            .env("MATTERMOST_PLUGIN_HOOK_TIMEOUT", "3600")
            .env("HOOKWRIGHT_ASYNC_HANDLERS", STUCK.to_string())
            .env("HOOKWRIGHT_SYNC_WAITING", STUCK.to_string());
        let plugin = Plugin::start(command).await;
        let channel = plugin.connect().await;
        let hooks = PluginHooksClient::new(channel.clone());
        Self { plugin, channel, hooks, calls: JoinSet::new() }
    }

    /// Sends the calls that never end, and waits until their handlers run.
    async fn get_stuck(&mut self, kind: Kind) {
        for _ in 0..STUCK {
            let mut hooks = self.hooks.clone();
            self.calls.spawn(async move {
                // They end with the process.
                let _ended = match kind {
                    Kind::Async => {
                        hooks.message_will_be_updated(update("wait for ever")).await.map(drop)
                    }
                    Kind::Sync => {
                        hooks.user_has_been_created(created("block for ever")).await.map(drop)
                    }
                };
            });
        }
        let (begun, running) = match kind {
            Kind::Async => ("begins to wait", STUCK),
            Kind::Sync => ("begins to block", SLOTS),
        };
        let all_run = async {
            while self.plugin.stderr().matches(begun).count() < running {
                self.time(Asked::Health).await;
            }
        };
        tokio::time::timeout(hookwright_tests::PATIENCE, all_run).await.expect("handlers run");
    }

    async fn time(&self, asked: Asked) -> Duration {
        let mut hooks = self.hooks.clone();
        let started = Instant::now();
        match asked {
            Asked::Async => {
                let request = ChannelHasBeenCreatedRequest::default();
                hooks.channel_has_been_created(request).await.map(drop).expect("it answers");
            }
            Asked::Sync => {
                let request = UserHasLeftChannelRequest::default();
                hooks.user_has_left_channel(request).await.map(drop).expect("it answers");
            }
            Asked::Health => {
                let request = HealthCheckRequest { service: "plugin".to_owned() };
                let mut health = HealthClient::new(self.channel.clone());
                health.check(request).await.map(drop).expect("it answers");
            }
        }
        started.elapsed()
    }
}

/// In microseconds.
fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e6
}
