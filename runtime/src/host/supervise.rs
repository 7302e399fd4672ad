//! Keeping a plugin running: it is started again when it ends, or does not answer, but not for ever.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::failures::Failures;
use super::{Child, HookClient, Launcher};

/// How a plugin is looked after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Supervision {
    /// How often it is asked for its health.
    pub ping_every: Duration,
    /// How long an answer may take. Three asks in a row without an answer end the process.
    pub ping_timeout: Duration,
    /// How long to wait before the first new start; each further one waits twice as long.
    pub first_pause: Duration,
    /// The longest of these waits.
    pub longest_pause: Duration,
    /// How many failures, within [`Self::window`], it takes to give the plugin up.
    pub most_failures: usize,
    /// The time within which failures count together; one that ran that long starts afresh.
    pub window: Duration,
    /// How long the process may take to end in order.
    pub grace: Duration,
}

impl Default for Supervision {
    /// A ping every 30 s, and up to 5 failures within 10 minutes, with pauses from 0.2 s to 30 s.
    fn default() -> Self {
        Self {
            ping_every: Duration::from_secs(30),
            ping_timeout: Duration::from_secs(5),
            first_pause: Duration::from_millis(200),
            longest_pause: Duration::from_secs(30),
            most_failures: 5,
            window: Duration::from_secs(600),
            grace: Duration::from_secs(5),
        }
    }
}

/// How many asks in a row have to fail.
const PINGS: usize = 3;

/// What a supervised plugin is doing.
#[derive(Debug, Clone)]
pub enum State {
    /// It is being started.
    Starting,
    /// It runs.
    Running {
        /// Calls its hooks.
        client: HookClient,
        /// Its process.
        id: Option<u32>,
    },
    /// It failed, and is started again after a pause.
    Pausing {
        /// Why it failed.
        fault: String,
        /// How long the pause is.
        pause: Duration,
    },
    /// It failed too often.
    GivenUp {
        /// The last failure.
        fault: String,
    },
    /// It was told to stop, and has.
    Stopped,
}

/// A plugin that is looked after. Dropping it kills the plugin; [`Supervised::stop`] ends it in
/// order.
///
/// ```no_run
/// use std::sync::Arc;
/// use hookwright_runtime::host::{Launcher, LogLine, Supervised, Supervision};
///
/// # async fn example() -> Result<(), String> {
/// let log = Arc::new(|line: LogLine| println!("{} {}", line.level, line.message));
/// let plugin = Supervised::start(Launcher::new("./plugin", log), Supervision::default());
/// let client = plugin.running().await?;
/// plugin.stop().await;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Supervised {
    state: watch::Receiver<State>,
    stop: CancellationToken,
    task: AbortOnDropHandle<()>,
}

impl Supervised {
    /// Begins to look after what a launcher launches.
    #[must_use]
    pub fn start(launcher: Launcher, supervision: Supervision) -> Self {
        let (told, state) = watch::channel(State::Starting);
        let stop = CancellationToken::new();
        let look = Look { launcher, supervision, told, stop: stop.clone() };
        Self { state, stop, task: AbortOnDropHandle::new(tokio::spawn(look.after())) }
    }

    /// What it is doing now, and a way to hear of changes.
    #[must_use]
    pub fn state(&self) -> watch::Receiver<State> {
        self.state.clone()
    }

    /// Waits until it runs.
    ///
    /// # Errors
    ///
    /// The last failure, if it was given up.
    pub async fn running(&self) -> Result<HookClient, String> {
        let mut state = self.state();
        loop {
            match &*state.borrow_and_update() {
                State::Running { client, .. } => return Ok(client.clone()),
                State::GivenUp { fault } => return Err(fault.clone()),
                State::Stopped => return Err("the plugin was stopped".to_owned()),
                State::Starting | State::Pausing { .. } => {}
            }
            if state.changed().await.is_err() {
                return Err("the plugin is not looked after any more".to_owned());
            }
        }
    }

    /// Ends the plugin in order, and waits until it has ended.
    pub async fn stop(self) {
        self.stop.cancel();
        let _ = self.task.await;
    }
}

struct Look {
    launcher: Launcher,
    supervision: Supervision,
    told: watch::Sender<State>,
    stop: CancellationToken,
}

impl Look {
    async fn after(self) {
        let mut failures = Failures::new(self.supervision);
        loop {
            self.told.send_replace(State::Starting);
            let started = Instant::now();
            let Some(fault) = self.once().await else { break };
            let Some(pause) = failures.pause_after(started, Instant::now()) else {
                self.told.send_replace(State::GivenUp { fault });
                return;
            };
            self.told.send_replace(State::Pausing { fault, pause });
            if self.stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
                break;
            }
        }
        self.told.send_replace(State::Stopped);
    }

    /// Runs the plugin once, and says why it is no more; none if it was told to stop.
    async fn once(&self) -> Option<String> {
        let grace = self.supervision.grace;
        let mut child = match self.stop.run_until_cancelled(self.launcher.launch()).await? {
            Ok(child) => child,
            Err(fault) => return Some(fault.to_string()),
        };
        let client = child.client().clone();
        self.told.send_replace(State::Running { client, id: child.id() });
        let fault = self.stop.run_until_cancelled(self.fault_of(&mut child)).await;
        // A process that has ended already is not asked any more.
        let _ = child.stop(grace).await;
        fault
    }

    /// Waits until the process has ended, or does not answer.
    async fn fault_of(&self, child: &mut Child) -> String {
        let client = child.client().clone();
        tokio::select! {
            ended = child.wait() => match ended {
                Ok(status) => format!("the process ended ({status})"),
                Err(fault) => format!("the process cannot be waited for: {fault}"),
            },
            fault = self.silence_of(&client) => fault,
        }
    }

    /// Asks for its health again and again, until it does not answer.
    async fn silence_of(&self, client: &HookClient) -> String {
        loop {
            tokio::time::sleep(self.supervision.ping_every).await;
            let mut fault = None;
            for _ in 0..PINGS {
                let ping = tokio::time::timeout(self.supervision.ping_timeout, client.is_serving());
                fault = match ping.await {
                    // Hosts look at whether it answers, not at what: it may be stopping.
                    Ok(Ok(_)) => None,
                    Ok(Err(status)) => Some(status.message().to_owned()),
                    Err(_) => Some("no answer in time".to_owned()),
                };
                if fault.is_none() {
                    break;
                }
            }
            if let Some(fault) = fault {
                return format!("the process does not answer when asked for its health: {fault}");
            }
        }
    }
}
