//! Starting a plugin: a clean environment, the handshake, the pipes.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::Command;

use super::group::Group;
use super::pipes::{LONGEST_LINE, drain, forward};
use super::{Child, LaunchError, LogSink, OutputSink};
use crate::connect::Target;
use crate::goplugin::tls::{Identity, MutualTls, PeerCertificate};
use crate::settings::is_hosts;
use crate::start::Cookie;
use crate::start::handshake::Handshake;

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
        let mut group = Group::spawn(&mut self.command(identity.as_ref()))
            .map_err(|fault| LaunchError::Spawn { program: self.program.clone(), fault })?;
        let stderr =
            group.process.stderr.take().map(|stderr| forward(stderr, Arc::clone(&self.log)));
        let mut stdout = group.process.stdout.take().map(BufReader::new);
        let mut line = Vec::new();
        let read = async {
            match &mut stdout {
                Some(stdout) => stdout.take(LONGEST_LINE).read_until(b'\n', &mut line).await,
                None => Ok(0),
            }
        };
        // The group is killed when it is dropped, so each way out of here ends it.
        tokio::time::timeout(self.start_timeout, read)
            .await
            .map_err(|_| LaunchError::Timeout { after: self.start_timeout })??;
        if line.is_empty() {
            let status = tokio::time::timeout(Duration::from_secs(1), group.wait()).await;
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
        let target = Target::try_from(&handshake.address)?;
        if !self.versions.contains(&handshake.version) {
            let versions = self.versions.clone();
            return Err(LaunchError::Version { version: handshake.version, versions });
        }
        let channel = match identity {
            Some(identity) => {
                target.channel_over(mutual(&identity, handshake.certificate.as_deref())?)
            }
            None => target.channel(),
        };
        let pipes = [stdout.map(drain), stderr].into_iter().flatten().collect();
        Ok(Child::new(group, target, handshake, channel, pipes, self.output.clone()))
    }

    fn command(&self, identity: Option<&Identity>) -> Command {
        let versions: Vec<_> = self.versions.iter().map(u32::to_string).collect();
        let mut command = Command::new(&self.program);
        for (name, _) in std::env::vars_os() {
            // What was said to this process is not for its child.
            if is_hosts(&name) {
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
            .stderr(Stdio::piped());
        command
    }
}

/// TLS with the plugin that has shown this certificate in its handshake.
fn mutual(identity: &Identity, shown: Option<&str>) -> Result<MutualTls, LaunchError> {
    let shown = shown.ok_or(LaunchError::NoCertificate)?;
    let plugin = PeerCertificate::from_field(shown).map_err(LaunchError::Certificate)?;
    Ok(MutualTls::new(identity, plugin)?)
}
