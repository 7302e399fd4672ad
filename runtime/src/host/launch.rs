//! Starting a plugin: a clean environment, the handshake, the pipes.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{ChildStderr, ChildStdout, Command};
use tokio_util::task::AbortOnDropHandle;

use super::{Child, OutputSink};
use crate::connect::Target;
use crate::goplugin::tls::{BadCertificate, Identity, MutualTls, PeerCertificate, TlsError};
use crate::start::cookie::Cookie;
use crate::start::handshake::{Handshake, HandshakeError, Network};

/// The longest handshake line that is read.
const LONGEST_LINE: u64 = 64 * 1024;

/// What is told by variables of these names is between one host and its child; a plugin that is a
/// host itself must not hand it on.
const NOT_INHERITED: [&str; 3] = ["PLUGIN_", "MATTERMOST_PLUGIN", "HOOKWRIGHT_"];

/// Takes each line that the child writes to stderr.
pub type LogSink = Arc<dyn Fn(&str) + Send + Sync>;

/// How to start a plugin.
#[derive(Clone)]
pub struct Launcher {
    program: PathBuf,
    arguments: Vec<OsString>,
    variables: Vec<(OsString, OsString)>,
    cookie: Cookie,
    versions: Vec<u32>,
    start_timeout: Duration,
    auto_mtls: bool,
    log: LogSink,
    output: Option<OutputSink>,
}

impl fmt::Debug for Launcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Launcher").field("program", &self.program).finish_non_exhaustive()
    }
}

/// Why a plugin did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LaunchError {
    /// It cannot be run at all.
    #[error("{} cannot be run: {fault}", program.display())]
    Spawn {
        /// The program.
        program: PathBuf,
        /// Why.
        fault: std::io::Error,
    },
    /// It said nothing in time.
    #[error("no handshake within {} ms", after.as_millis())]
    Timeout {
        /// How long was waited.
        after: Duration,
    },
    /// It ended before it said anything.
    #[error("the process ended before its handshake ({status}); its own words are on stderr")]
    Exited {
        /// What it ended with.
        status: String,
    },
    /// What it said is not a handshake.
    #[error(transparent)]
    Handshake(#[from] HandshakeError),
    /// It speaks another version of the application's protocol.
    #[error("the plugin speaks version {version} of the protocol, and here it is {versions:?}")]
    Version {
        /// What it speaks.
        version: u32,
        /// What is spoken here.
        versions: Vec<u32>,
    },
    /// Its address cannot be used.
    #[error(transparent)]
    Address(#[from] crate::connect::BadTarget),
    /// It was asked for TLS, and does not speak it.
    #[error("the plugin shows no certificate in its handshake: it does not know AutoMTLS")]
    NoCertificate,
    /// The certificate in its handshake cannot be used.
    #[error("the plugin's certificate, in its handshake: {0}")]
    Certificate(#[source] BadCertificate),
    /// There can be no TLS at our side.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// Reading from it failed.
    #[error("reading the handshake: {0}")]
    Read(#[from] std::io::Error),
}

impl Launcher {
    /// Starts `program` with Mattermost's cookie, and passes its log to `log`.
    pub fn new(program: impl Into<PathBuf>, log: LogSink) -> Self {
        Self {
            program: program.into(),
            arguments: Vec::new(),
            variables: Vec::new(),
            cookie: Cookie::MATTERMOST,
            versions: vec![1],
            start_timeout: Duration::from_secs(10),
            auto_mtls: false,
            log,
            output: None,
        }
    }

    /// Adds an argument.
    #[must_use]
    pub fn argument(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Sets a variable of its environment.
    #[must_use]
    pub fn variable(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// Sets the cookie, for plugins of other hosts than Mattermost.
    #[must_use]
    pub fn cookie(mut self, cookie: Cookie) -> Self {
        self.cookie = cookie;
        self
    }

    /// Sets the versions of the application's protocol that are spoken here; else it is 1.
    #[must_use]
    pub fn versions(mut self, versions: impl Into<Vec<u32>>) -> Self {
        self.versions = versions.into();
        self
    }

    /// Passes on what the plugin writes to its stdout and stderr after the handshake, log records
    /// apart; else it is thrown away.
    #[must_use]
    pub fn output(mut self, sink: OutputSink) -> Self {
        self.output = Some(sink);
        self
    }

    /// Sets how long it may take to the handshake.
    #[must_use]
    pub fn start_timeout(mut self, timeout: Duration) -> Self {
        self.start_timeout = timeout;
        self
    }

    /// Speaks TLS to it, with certificates that are made for this launch: it serves nobody else, and
    /// no other process can take its place.
    #[must_use]
    pub fn auto_mtls(mut self) -> Self {
        self.auto_mtls = true;
        self
    }

    /// Starts it, and waits for its handshake.
    ///
    /// # Errors
    ///
    /// It cannot be run, or does not say in time where it listens.
    pub async fn launch(&self) -> Result<Child, LaunchError> {
        let identity = self.auto_mtls.then(Identity::generate).transpose()?;
        let mut process = self
            .command(identity.as_ref())
            .spawn()
            .map_err(|fault| LaunchError::Spawn { program: self.program.clone(), fault })?;
        let stderr = process.stderr.take().map(|stderr| forward(stderr, Arc::clone(&self.log)));
        let mut stdout = process.stdout.take().map(BufReader::new);
        let mut line = Vec::new();
        let read = async {
            match &mut stdout {
                Some(stdout) => stdout.take(LONGEST_LINE).read_until(b'\n', &mut line).await,
                None => Ok(0),
            }
        };
        // The process is killed when it is dropped, so each way out of here ends it.
        tokio::time::timeout(self.start_timeout, read)
            .await
            .map_err(|_| LaunchError::Timeout { after: self.start_timeout })??;
        if line.is_empty() {
            let status = tokio::time::timeout(Duration::from_secs(1), process.wait()).await;
            let status = match status {
                Ok(Ok(status)) => status.to_string(),
                _ => "stdout closed".to_owned(),
            };
            // Why it ended is still in the pipe; a grandchild may hold that open for ever.
            if let Some(stderr) = stderr {
                let _ = tokio::time::timeout(Duration::from_secs(1), stderr).await;
            }
            return Err(LaunchError::Exited { status });
        }
        let handshake = Handshake::parse(&String::from_utf8_lossy(&line))?;
        let target: Target = match handshake.address.network {
            Network::Unix => Target::Unix(handshake.address.text.into()),
            Network::Tcp => handshake.address.text.parse()?,
        };
        if !self.versions.contains(&handshake.version) {
            let versions = self.versions.clone();
            return Err(LaunchError::Version { version: handshake.version, versions });
        }
        let channel = match identity {
            Some(identity) => target.channel_over(mutual(&identity, handshake.certificate)?),
            None => target.channel(),
        };
        let pipes = [stdout.map(drain), stderr].into_iter().flatten().collect();
        Ok(Child::new(process, target, channel, pipes, self.output.clone()))
    }

    fn command(&self, identity: Option<&Identity>) -> Command {
        let versions: Vec<_> = self.versions.iter().map(u32::to_string).collect();
        let mut command = Command::new(&self.program);
        for (name, _) in std::env::vars_os() {
            if NOT_INHERITED.iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
                command.env_remove(name);
            }
        }
        command
            .args(&self.arguments)
            .env(self.cookie.key, self.cookie.value)
            .env("PLUGIN_MIN_PORT", "10000")
            .env("PLUGIN_MAX_PORT", "25000")
            .env("PLUGIN_PROTOCOL_VERSIONS", versions.join(","))
            .envs(identity.map(|identity| ("PLUGIN_CLIENT_CERT", identity.pem())))
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // A group of its own, so that what it starts can be ended with it, and Ctrl-C in our
            // terminal reaches us alone.
            .process_group(0)
            .kill_on_drop(true);
        command
    }
}

/// TLS with the plugin that has shown this certificate in its handshake.
fn mutual(identity: &Identity, shown: Option<String>) -> Result<MutualTls, LaunchError> {
    let shown = shown.ok_or(LaunchError::NoCertificate)?;
    let plugin = PeerCertificate::from_field(&shown).map_err(LaunchError::Certificate)?;
    Ok(MutualTls::new(identity, plugin)?)
}

/// Passes on what the child writes to stderr, line by line.
fn forward(stderr: ChildStderr, log: LogSink) -> AbortOnDropHandle<()> {
    AbortOnDropHandle::new(tokio::spawn(async move {
        let mut stderr = BufReader::new(stderr);
        let mut line = Vec::new();
        // Lines, not text: what is not UTF-8 must not end the reading, or the child would block.
        while let Ok(1..) = (&mut stderr).take(LONGEST_LINE).read_until(b'\n', &mut line).await {
            log(String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']));
            line.clear();
        }
    }))
}

/// Reads what the child writes to stdout after its handshake, and throws it away.
fn drain(mut stdout: BufReader<ChildStdout>) -> AbortOnDropHandle<()> {
    AbortOnDropHandle::new(tokio::spawn(async move {
        let mut sink = tokio::io::sink();
        let _ = tokio::io::copy(&mut stdout, &mut sink).await;
    }))
}
