//! `hookwright fleet`: the registry of clients, served here or asked from here.

mod ask;
mod serve;
mod show;
mod watch;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use hookwright_runtime::api::code_name;
use hookwright_runtime::connect::Target;
use tonic::Status;
use tonic::transport::Channel;

use self::serve::Serve;
use crate::interrupt::{Interrupt, Interrupted};
use crate::output::{Fault, say};

/// Where the service is, when nobody says so.
const PLACE: &str = "127.0.0.1:8947";

/// Answered with a gRPC status.
const STATUS: u8 = 1;

/// The registry of clients.
///
/// Exit code: 0 done, 1 a gRPC status, 2 wrong usage, 3 could not start or connect.
#[derive(Debug, Args)]
pub(crate) struct Fleet {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the registry, without a host.
    Serve(Box<Serve>),
    /// Register a client, or change the hostname of a registered one.
    Add {
        #[command(flatten)]
        client: ClientKey,
        /// Its IPv6 address, such as fd00::7.
        address: String,
        /// What it is called; a taken name gets a number, and an empty one is none.
        #[arg(long, value_name = "NAME")]
        hostname: Option<String>,
        #[command(flatten)]
        service: Service,
    },
    /// Say that a registered client is alive.
    Ping {
        #[command(flatten)]
        client: ClientKey,
        /// What it is called from now on; an empty one is none.
        #[arg(long, value_name = "NAME")]
        hostname: Option<String>,
        #[command(flatten)]
        service: Service,
    },
    /// List the clients, by fleet and address.
    List {
        /// Those of this fleet alone.
        fleet: Option<String>,
        #[command(flatten)]
        service: Service,
    },
    /// Remove a client.
    Remove {
        #[command(flatten)]
        client: ClientKey,
        #[command(flatten)]
        service: Service,
    },
    /// Remove the clients that were not seen for some time.
    Prune {
        /// For how long, such as 30days [default: the FLEET_PRUNE_AFTER of the service].
        #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
        unseen_for: Option<Duration>,
        #[command(flatten)]
        service: Service,
    },
    /// Follow the events, as they are triggered.
    Watch {
        /// Those of these names alone, such as client.added.
        events: Vec<String>,
        #[command(flatten)]
        service: Service,
    },
}

#[derive(Debug, Args)]
struct ClientKey {
    /// The fleet that it is in.
    fleet: String,
    /// Its public key, as `wg pubkey` writes it.
    public_key: String,
}

/// Whom to ask, and how to show the answer.
#[derive(Debug, Args)]
struct Service {
    /// Where the service is [default: FLEET_TARGET, else 127.0.0.1:8947].
    #[arg(long, value_name = "ADDR")]
    target: Option<Target>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// Why there is no answer.
enum Failure {
    Status(Status),
    Interrupted(Interrupted),
    Other(anyhow::Error),
}

pub(crate) fn run(fleet: Fleet, plugins: &[&str]) -> Result<ExitCode> {
    let service = match &fleet.command {
        Command::Serve(serve) => return serve.run(plugins),
        Command::Add { service, .. }
        | Command::Ping { service, .. }
        | Command::List { service, .. }
        | Command::Remove { service, .. }
        | Command::Prune { service, .. }
        | Command::Watch { service, .. } => service,
    };
    let (target, json) = (service.target()?, service.json);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let done = runtime.block_on(async {
        let mut interrupt = Interrupt::watch()?;
        let channel = interrupt.or(target.connect()).await?;
        let channel = channel.with_context(|| format!("connecting to {target}"))?;
        interrupt.or(answer(fleet.command, channel, json)).await?
    });
    match done {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(Failure::Status(status)) => {
            say(format_args!("{}: {}", code_name(status.code()), status.message()));
            Ok(ExitCode::from(STATUS))
        }
        Err(Failure::Interrupted(interrupted)) => Err(interrupted.into()),
        Err(Failure::Other(error)) => Err(error),
    }
}

async fn answer(command: Command, channel: Channel, json: bool) -> Result<(), Failure> {
    match command {
        // It has been served.
        Command::Serve(_) => Ok(()),
        Command::Add { client, address, hostname, .. } => {
            ask::register(channel, client, address, hostname, json).await
        }
        Command::Ping { client, hostname, .. } => {
            ask::register(channel, client, String::new(), hostname, json).await
        }
        Command::List { fleet, .. } => ask::list(channel, fleet.unwrap_or_default(), json).await,
        Command::Remove { client, .. } => ask::remove(channel, client, json).await,
        Command::Prune { unseen_for, .. } => ask::prune(channel, unseen_for, json).await,
        Command::Watch { events, .. } => watch::follow(channel, events, json).await,
    }
}

impl Service {
    fn target(&self) -> Result<Target> {
        match &self.target {
            Some(target) => Ok(target.clone()),
            None => Ok(place()?.parse().context("FLEET_TARGET").map_err(Fault::usage)?),
        }
    }
}

/// Where the service listens and is looked for.
fn place() -> Result<String> {
    match std::env::var("FLEET_TARGET") {
        Ok(place) if !place.is_empty() => Ok(place),
        Ok(_) | Err(std::env::VarError::NotPresent) => Ok(PLACE.to_owned()),
        Err(error) => Err(Fault::usage(anyhow::Error::new(error).context("FLEET_TARGET")).into()),
    }
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        Self::Status(status)
    }
}

impl From<Interrupted> for Failure {
    fn from(interrupted: Interrupted) -> Self {
        Self::Interrupted(interrupted)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Other(error.into())
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}
