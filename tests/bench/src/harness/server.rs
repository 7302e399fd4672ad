//! A running server: started as a host starts it, with what the kernel says of it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use hookwright_runtime::connect::Target;
use hookwright_runtime::host::{Child, HookClient, Launcher, LogLine};
use hookwright_runtime::log::Level;
use nix::time::ClockId;
use nix::unistd::Pid;
use tempfile::TempDir;

use super::program::Program;
use super::work::Network;

/// How many of its last words are kept.
const WORDS: usize = 5;
/// Python takes its time.
const START: Duration = Duration::from_secs(30);

/// A server. It is killed when this is dropped, with all that it has started.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    /// What it wrote last to stderr.
    words: Arc<Mutex<VecDeque<String>>>,
    _sockets: TempDir,
}

impl Server {
    pub(crate) async fn start(program: &Program, network: Network) -> Result<Self> {
        program.check_build().await?;
        Self::start_unchecked(program, network).await
    }

    /// The same for a program whose build has been looked at.
    pub(crate) async fn start_unchecked(program: &Program, network: Network) -> Result<Self> {
        let sockets = tempfile::tempdir()?;
        let words = Arc::new(Mutex::new(VecDeque::new()));
        let heard = Arc::clone(&words);
        let mut launcher = Launcher::new(&program.path, Arc::new(move |line| keep(&heard, &line)))
            .start_timeout(START)
            .variable("HOOKWRIGHT_LISTEN", if network == Network::Tcp { "tcp" } else { "unix" })
            .variable("HOOKWRIGHT_METRICS", "public")
            .variable("PLUGIN_UNIX_SOCKET_DIR", sockets.path());
        // What is measured is how calls are answered, and not how they are refused.
        for bound in ["SYNC_WAITING", "ASYNC_WAITING", "ALL_WAITING"] {
            launcher = launcher.variable(format!("HOOKWRIGHT_{bound}"), "4096");
        }
        for argument in program.arguments() {
            launcher = launcher.argument(argument);
        }
        let started = launcher.launch().await.with_context(|| {
            let words = lines(&words);
            format!("{} does not start{words}", program.path.display())
        });
        Ok(Self { child: started?, words, _sockets: sockets })
    }

    pub(crate) fn client(&self) -> &HookClient {
        self.child.client()
    }

    pub(crate) fn target(&self) -> &Target {
        self.child.target()
    }

    pub(crate) fn id(&self) -> Result<u32> {
        self.child.id().ok_or_else(|| anyhow!("the server has ended{}", lines(&self.words)))
    }

    /// What it wrote last, for whoever reads why it failed.
    pub(crate) fn last_words(&self) -> String {
        lines(&self.words)
    }

    /// The most memory that it ever had, in MiB.
    pub(crate) fn peak_mib(&self) -> Result<f64> {
        peak_mib(self.id()?)
    }

    /// A number of the kernel's account of it.
    pub(crate) fn status(&self, field: &str) -> Result<f64> {
        status(self.id()?, field)
    }
}

/// The most memory that a process ever had, in MiB.
pub(crate) fn peak_mib(process: u32) -> Result<f64> {
    Ok(status(process, "VmHWM:")? / 1024.0)
}

fn status(process: u32, field: &str) -> Result<f64> {
    let path = format!("/proc/{process}/status");
    let status = std::fs::read_to_string(&path).context(path)?;
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.ok_or_else(|| anyhow!("the kernel does not say {field}"))
}

/// The processor time that a process and all its threads have had, ended ones included.
pub(crate) fn cpu_time(process: u32) -> Result<Duration> {
    let process = Pid::from_raw(i32::try_from(process)?);
    let clock = ClockId::pid_cpu_clock_id(process).context("the processor time of a server")?;
    Ok(clock.now().context("the processor time of a server")?.into())
}

fn keep(words: &Mutex<VecDeque<String>>, line: &LogLine) {
    // That it serves explains nothing.
    if line.level == Level::Info {
        return;
    }
    let mut words = words.lock().unwrap_or_else(PoisonError::into_inner);
    if words.len() == WORDS {
        words.pop_front();
    }
    words.push_back(line.raw.clone());
}

fn lines(words: &Mutex<VecDeque<String>>) -> String {
    let words = words.lock().unwrap_or_else(PoisonError::into_inner);
    words.iter().map(|line| format!("\n  {line}")).collect()
}
