//! What a process uses, and waiting until that is as it should be.

use hookwright_proto::mattermost::ImplementedRequest;
use hookwright_proto::mattermost::plugin_hooks_client::PluginHooksClient;
use tonic::transport::Channel;

use crate::{PATIENCE, Plugin, web};

/// How often a number must be the same before it has come to rest.
const AT_REST: usize = 20;

impl Plugin {
    /// The most memory that it has had resident so far, in bytes; none where the system does not
    /// say.
    #[must_use]
    pub fn peak_memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).ok()?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kib: u64 = peak.trim().strip_suffix(" kB")?.parse().ok()?;
        Some(kib * 1024)
    }

    /// Asserts that its memory has not grown above what it was by more than this.
    ///
    /// # Panics
    ///
    /// If it has.
    pub fn assert_memory(&self, before: Option<u64>, most: u64) {
        if let (Some(before), Some(now)) = (before, self.peak_memory()) {
            let grown = now.saturating_sub(before);
            assert!(grown <= most, "{grown} bytes more than the {before} at first");
        }
    }
}

/// Waits until a number does not change any more while calls go to and fro. Where one that goes on
/// for ever is the fault to be found, `most` ends the wait.
///
/// # Panics
///
/// If it is above `most`, or changes for too long.
pub async fn at_rest(
    hooks: &PluginHooksClient<Channel>,
    most: u64,
    number: impl AsyncFn() -> u64,
) -> u64 {
    let settled = async {
        let (mut last, mut same) = (number().await, 0);
        while same < AT_REST {
            hooks.clone().implemented(ImplementedRequest::default()).await.expect("it answers");
            let now = number().await;
            assert!(now <= most, "{now} is more than {most}, and nobody takes any of it");
            same = if now == last { same + 1 } else { 0 };
            last = now;
        }
        last
    };
    tokio::time::timeout(PATIENCE, settled).await.expect("it comes to rest")
}

/// The tasks of a process with [`fixture_web`], seen over a connection of its own.
#[derive(Debug)]
pub struct Tasks {
    hooks: PluginHooksClient<Channel>,
    idle: u64,
}

impl Tasks {
    /// Takes what there is now as the count of the idle process.
    pub async fn idle(plugin: &Plugin) -> Self {
        let hooks = plugin.hooks().await;
        // What is just being cleared away of an earlier call is not a part of it.
        let mut idle = u64::MAX;
        for _ in 0..AT_REST {
            idle = idle.min(count(&hooks).await);
        }
        Self { hooks, idle }
    }

    /// Asserts that there comes to be no more than in the idle process.
    ///
    /// # Panics
    ///
    /// If there is not.
    pub async fn assert_idle(&self, after: &str) {
        let mut last = 0;
        let back = async {
            loop {
                last = count(&self.hooks).await;
                if last <= self.idle {
                    return;
                }
            }
        };
        let back = tokio::time::timeout(PATIENCE, back).await;
        assert!(back.is_ok(), "{after}: {last} tasks are left, and {} is idle", self.idle);
    }
}

async fn count(hooks: &PluginHooksClient<Channel>) -> u64 {
    web::get(hooks, "/tasks").await.parse().expect("a number")
}
