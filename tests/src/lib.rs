//! Plugin processes for tests: started as a host starts them, and watched byte by byte.
//!
//! Nothing here goes through the host side of `hookwright-runtime`: what that would forgive, a test
//! must see.

#![allow(clippy::expect_used, clippy::panic, reason = "what a test waits for in vain fails it")]

pub mod ask;
pub mod broker;
pub mod cable;
pub mod events;
pub mod frames;
pub mod host;
pub mod leave;
pub mod metrics;
pub mod netrpc;
pub mod netrpc_raw;
pub mod options;
pub mod parity;
pub mod printed;
pub mod raw;
pub mod records;
pub mod release;
pub mod server;
pub mod tls;
pub mod usage;
pub mod web;

use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hookwright_proto::go_plugin::Empty;
use hookwright_proto::go_plugin::grpc_controller_client::GrpcControllerClient;
use hookwright_proto::mattermost::plugin_hooks_client::PluginHooksClient;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::watch;
use tonic::transport::{Channel, Endpoint};

/// How long anything may take that is expected to happen. Only a failing test waits that long.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// The cookie of Mattermost's hosts.
pub const COOKIE: (&str, &str) = ("MATTERMOST_PLUGIN", "Securely message teams, anywhere.");

/// A program, with the environment that a host gives it and nothing that this process has of the
/// same kind.
#[must_use]
pub fn hosted(program: &str) -> Command {
    let mut command = by_hand(program);
    command.env(COOKIE.0, COOKIE.1).env("PLUGIN_PROTOCOL_VERSIONS", "1");
    command
}

/// A program as a person starts it.
#[must_use]
pub fn by_hand(program: &str) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if ["PLUGIN_", "MATTERMOST_", "HOOKWRIGHT_", "FLEET_"]
            .iter()
            .any(|prefix| text.starts_with(prefix))
        {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// What a process that ended has left.
#[derive(Debug)]
pub struct Output {
    /// What it ended with.
    pub status: ExitStatus,
    /// All that it wrote to stdout, or what followed the first line.
    pub stdout: String,
    /// All that it wrote to stderr.
    pub stderr: String,
}

impl Output {
    /// The exit code; none if a signal ended it.
    #[must_use]
    pub fn code(&self) -> Option<i32> {
        self.status.code()
    }
}

/// Runs a process to its end.
///
/// # Panics
///
/// If it cannot be started, or does not end.
pub async fn run(mut command: Command) -> Output {
    let child = command.spawn().expect("the program starts");
    let ended = tokio::time::timeout(PATIENCE, child.wait_with_output()).await;
    let ended = ended.expect("the program ends").expect("its pipes can be read");
    Output {
        status: ended.status,
        stdout: String::from_utf8(ended.stdout).expect("stdout is UTF-8"),
        stderr: String::from_utf8(ended.stderr).expect("stderr is UTF-8"),
    }
}

/// A plugin process that has said where it listens.
#[derive(Debug)]
pub struct Plugin {
    child: Child,
    stdout: BufReader<ChildStdout>,
    stderr: Stderr,
    /// Its first line on stdout, the newline included.
    pub line: String,
}

impl Plugin {
    /// Starts it, and reads its first line.
    ///
    /// # Panics
    ///
    /// If it cannot be started, or says nothing.
    pub async fn start(command: Command) -> Self {
        Self::spawn(command).announced().await
    }

    /// Starts it, and waits for nothing: its line is not there yet.
    ///
    /// # Panics
    ///
    /// If it cannot be started.
    #[must_use]
    pub fn spawn(mut command: Command) -> Self {
        let mut child = command.spawn().expect("the program starts");
        let stderr = Stderr::watch(child.stderr.take().expect("stderr is a pipe"));
        let stdout = BufReader::new(child.stdout.take().expect("stdout is a pipe"));
        Self { child, stdout, stderr, line: String::new() }
    }

    /// The same process, once it has said its first line.
    ///
    /// # Panics
    ///
    /// If it says nothing.
    pub async fn announced(mut self) -> Self {
        let read = tokio::time::timeout(PATIENCE, self.stdout.read_line(&mut self.line)).await;
        read.expect("it says something in time").expect("stdout can be read");
        assert!(!self.line.is_empty(), "no first line; stderr:\n{}", self.stderr.text());
        self
    }

    /// Starts the program as a host does.
    pub async fn hosted(program: &str) -> Self {
        Self::start(hosted(program)).await
    }

    /// The address in its handshake, or its whole line if it is not one.
    #[must_use]
    pub fn address(&self) -> &str {
        self.line.trim_end().split('|').nth(3).unwrap_or(self.line.trim_end())
    }

    /// A connection to it.
    ///
    /// # Panics
    ///
    /// If there is none to be had.
    pub async fn connect(&self) -> Channel {
        let endpoint = match self.line.split('|').nth(2) {
            Some("unix") => Endpoint::try_from(format!("unix:{}", self.address())),
            _ => Endpoint::try_from(format!("http://{}", self.address())),
        };
        endpoint.expect("an address").connect().await.expect("it listens")
    }

    /// A client of its hooks, with the limits of a host.
    pub async fn hooks(&self) -> PluginHooksClient<Channel> {
        PluginHooksClient::new(self.connect().await)
            .max_decoding_message_size(i32::MAX as usize)
            .max_encoding_message_size(i32::MAX as usize)
    }

    /// Waits until a line on stderr holds all of these texts, and returns it.
    ///
    /// # Panics
    ///
    /// If there never is one.
    pub async fn logged(&mut self, texts: &[&str]) -> String {
        self.stderr.wait_for(texts).await
    }

    /// All that it has written to stderr so far.
    #[must_use]
    pub fn stderr(&self) -> String {
        self.stderr.text()
    }

    /// Its process id.
    ///
    /// # Panics
    ///
    /// If it has ended.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// Asks it to end, as a host does, and waits until it has.
    pub async fn shut_down(self) -> Output {
        // Whether the reply arrives before the connection closes does not matter to a host.
        let _ = GrpcControllerClient::new(self.connect().await).shutdown(Empty {}).await;
        self.ended().await
    }

    /// Waits until it has ended.
    ///
    /// # Panics
    ///
    /// If it does not.
    pub async fn ended(mut self) -> Output {
        let mut stdout = String::new();
        let all = async {
            self.stdout.read_to_string(&mut stdout).await.expect("stdout can be read");
            self.child.wait().await.expect("the system knows")
        };
        let status = tokio::time::timeout(PATIENCE, all).await.expect("it ends");
        Output { status, stdout, stderr: self.stderr.rest().await }
    }
}

/// The lines of a process's stderr, as they come.
#[derive(Debug)]
struct Stderr {
    text: Arc<Mutex<String>>,
    /// How many lines there are; closed at the end.
    lines: watch::Receiver<usize>,
}

impl Stderr {
    fn watch(pipe: tokio::process::ChildStderr) -> Self {
        let text = Arc::new(Mutex::new(String::new()));
        let (counted, lines) = watch::channel(0);
        let kept = Arc::clone(&text);
        tokio::spawn(async move {
            let mut pipe = BufReader::new(pipe);
            let mut line = String::new();
            while let Ok(1..) = pipe.read_line(&mut line).await {
                kept.lock().unwrap_or_else(PoisonError::into_inner).push_str(&line);
                counted.send_modify(|count| *count += 1);
                line.clear();
            }
        });
        Self { text, lines }
    }

    fn text(&self) -> String {
        self.text.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn wait_for(&mut self, texts: &[&str]) -> String {
        let found = async {
            loop {
                let text = self.text();
                let holds = |line: &&str| texts.iter().all(|text| line.contains(text));
                if let Some(line) = text.lines().find(holds) {
                    return line.to_owned();
                }
                if self.lines.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        };
        let found = tokio::time::timeout(PATIENCE, found).await;
        found.unwrap_or_else(|_| panic!("nothing on stderr with {texts:?}:\n{}", self.text()))
    }

    async fn rest(&mut self) -> String {
        while self.lines.changed().await.is_ok() {}
        self.text()
    }
}
