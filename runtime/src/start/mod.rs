//! From exec to serving: each step in its order, and what the process ends with when one fails.

pub(crate) mod activation;
pub mod choose;
mod cookie;
pub mod handshake;
mod launch;
mod level;
pub mod negotiate;
mod protocol;
mod serving;
mod stdout;
mod wishes;

pub use self::cookie::{Cookie, NotLaunched};
pub use self::launch::Launch;
pub use self::protocol::Protocol;

use std::fmt::Display;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::process::ExitCode;
use std::sync::Arc;

use hookwright::Registry;
use hookwright::api::Client;
use tokio::runtime::Handle;
use tracing::field;

use self::serving::{Api, Serving};
use self::stdout::Stdout;
use crate::active::Active;
use crate::admit::THREADS_EACH;
use crate::engine::Engine;
use crate::host::Reattach;
use crate::log::{self, Forwarding, Level, LogControl, LogTo};
use crate::netrpc;
use crate::parent;
use crate::serve::Wire;
use crate::settings::{Environment, Rpc, Settings, is_hosts};
use crate::signals;
use crate::socket::{self, Listen};
use crate::stop::Stop;
use crate::watchdog::Watchdog;

/// What the process ends with.
pub mod exit {
    /// Not launched by a host: there is no cookie, or a wrong one.
    pub const NOT_LAUNCHED: u8 = 1;
    /// A setting, or the command line, cannot be used.
    pub const USAGE: u8 = 2;
    /// What is registered is wrong, or there is nothing to listen on.
    pub const CANNOT_START: u8 = 3;
    /// Async handlers blocked all threads, or a stream is lost that no host opens anew.
    pub const CANNOT_GO_ON: u8 = 4;
}

/// Serves what is linked into this process, until it is told to stop.
///
/// `crates` are the plugin crates that were meant to be linked. Errors go to stderr: as records
/// that a host shows as errors, or as plain lines when there is no host.
#[must_use]
pub fn run(launch: Launch, crates: &[&str]) -> ExitCode {
    // A panic has been written down by the panic hook.
    let started = std::panic::catch_unwind(AssertUnwindSafe(|| start(&launch, crates)));
    let Ok(started) = started else { return ExitCode::from(exit::CANNOT_START) };
    match started {
        Ok(End::InOrder) => ExitCode::SUCCESS,
        // The log has said why.
        Ok(End::Failed) => ExitCode::from(exit::CANNOT_GO_ON),
        Err(Fault { code, text, plain }) => {
            match plain {
                true => log::plain_line(&text),
                false => tracing::error!("{text}"),
            }
            ExitCode::from(code)
        }
    }
}

/// How a process ends that has served.
enum End {
    InOrder,
    Failed,
}

impl End {
    fn of(stop: &Stop) -> Self {
        if stop.has_failed() { Self::Failed } else { Self::InOrder }
    }
}

/// Why the process does not start.
struct Fault {
    code: u8,
    text: String,
    /// Whether a person reads it, rather than a host.
    plain: bool,
}

impl Fault {
    fn of(launch: &Launch, code: u8, text: impl Display) -> Self {
        Self { code, text: text.to_string(), plain: launch.is_standalone() }
    }

    /// One that comes before the log.
    fn plain(code: u8, text: impl Display) -> Self {
        Self { code, text: text.to_string(), plain: true }
    }
}

fn start(launch: &Launch, crates: &[&str]) -> Result<End, Fault> {
    let environment = Environment::of_process();
    if let Some(protocol) = launch.protocol() {
        let checked = protocol.cookie.check(&environment);
        checked.map_err(|error| Fault::plain(exit::NOT_LAUNCHED, error))?;
    }
    // While there is one thread: the programs that handlers start do not inherit them.
    let kept = hookwright_environment::forget(|name| {
        is_hosts(name) || launch.protocol().is_some_and(|protocol| name == protocol.cookie.key)
    });
    let log = log::install(Level::Info).map_err(|e| Fault::plain(exit::CANNOT_START, e))?;
    // From here on stdout carries the one line that says where we listen, and nothing else.
    let mut stdout = Stdout::take(launch.is_standalone()).map_err(|e| {
        Fault::of(launch, exit::CANNOT_START, format!("stdout and stderr cannot be set up: {e}"))
    })?;
    if let Err(why) = kept {
        tracing::warn!("programs that handlers start inherit the host's variables: {why}");
    }
    let served = serve(launch, crates, &environment, &log, &mut stdout);
    // What a listener left, that nobody had the time to drop.
    socket::remove_socket_files();
    if served.is_err() {
        stdout.give_up();
    }
    served
}

fn serve(
    launch: &Launch,
    crates: &[&str],
    environment: &Environment,
    log: &LogControl,
    stdout: &mut Stdout,
) -> Result<End, Fault> {
    let standalone = launch.is_standalone();
    let fault = |code: u8, text: &dyn Display| Fault::of(launch, code, text);
    let settings = Settings::read(environment).map_err(|e| fault(exit::USAGE, &e))?;
    log.set_level(settings.log_level);
    let executable = std::env::current_exe().ok();
    let chosen = choose::choose(&settings, executable.as_deref());
    let (rpc, because) = match launch {
        Launch::ByHost(_) => (chosen.rpc, chosen.because.as_str()),
        Launch::ByCall(_) => (Rpc::Grpc, "`call` speaks gRPC"),
        Launch::Standalone { .. } => (Rpc::Grpc, "it was started by hand"),
    };
    for variable in &settings.unknown_variables {
        tracing::warn!("there is no setting {variable}");
    }
    let tls = wishes::tls(&settings, standalone, rpc).map_err(|e| fault(exit::CANNOT_START, &e))?;
    let registry = Registry::collect(crates).map_err(|e| fault(exit::CANNOT_START, &e))?;
    let (listen, versions) = match launch {
        Launch::Standalone { listen, .. } => (listen.clone(), Protocol::MATTERMOST.versions),
        Launch::ByHost(protocol) | Launch::ByCall(protocol) => (None, protocol.versions),
    };
    let listen = listen.unwrap_or_else(|| match rpc {
        Rpc::Grpc => settings.listen(),
        Rpc::NetRpc => settings.listen_locally(),
    });
    if settings.unix_socket_group.is_some() && !matches!(listen, Listen::Folder { .. }) {
        tracing::warn!(
            "PLUGIN_UNIX_SOCKET_GROUP is ignored: this is no unix socket in PLUGIN_UNIX_SOCKET_DIR, and whoever reaches it may connect"
        );
    }
    let version = wishes::version(&settings, versions);
    let runtime = runtime(&settings, &registry)
        .map_err(|e| fault(exit::CANNOT_START, &format!("there are no threads to be had: {e}")))?;
    let served = runtime.block_on(async {
        let api = Api::of(rpc, &settings).map_err(|e| fault(exit::CANNOT_START, &e))?;
        let engine = Engine::new(registry, &settings, api.transport());
        let engine = engine.map_err(|e| fault(exit::USAGE, &e))?.keeping_threads();
        let engine = Arc::new(engine);
        let forwarding = forward(log, &settings, &engine, rpc);
        // Taken already by a program that has a recorder of its own; then plugins count there.
        let _ = metrics::set_global_recorder(engine.metrics.recorder());
        let stop = Stop::new(Arc::clone(&engine), settings.drain_timeout)
            .with_output(stdout.output.clone());
        // Before there is a socket: a signal in between must not leave its file behind.
        let _signals =
            signals::watch(&stop, standalone, level::reader(environment.clone(), log.clone()))
                .map_err(|e| {
                    fault(exit::CANNOT_START, &format!("signals cannot be watched: {e}"))
                })?;
        let host = stdout.host.take().filter(|_| !settings.outlive_host);
        let _parent = host
            .map(|host| parent::Watch::start(host, stop.clone()))
            .transpose()
            .map_err(|e| fault(exit::CANNOT_START, &e))?;
        let listener = socket::bind(&listen).map_err(|e| fault(exit::CANNOT_START, &e))?;
        let address = listener.address();
        let _watchdog = Watchdog::start(Handle::current(), settings.watchdog)
            .map_err(|e| fault(exit::CANNOT_START, &e))?;
        let multiplex = wishes::multiplex(&settings, standalone, rpc);
        let activates = matches!(launch, Launch::Standalone { activate: true, .. });
        let active = if activates { Active::default() } else { Active::by_host() };
        let serving = match api {
            Api::NetRpc { plans, transport: api } => {
                let log_to = settings.log.unwrap_or(LogTo::Api);
                let (engine, stop) = (Arc::clone(&engine), stop.clone());
                let (log, uploads) = (log.clone(), Arc::default());
                let parts = netrpc::Parts { engine, stop, api, plans, log, log_to, uploads };
                Serving::NetRpc(netrpc::serve(parts, listener))
            }
            Api::Grpc(_) => {
                let wire = Wire { tls: tls.mutual, multiplex, brokered: settings.listen() };
                let serving = crate::serve::serve(
                    Arc::clone(&engine),
                    listener,
                    wire,
                    stop.clone(),
                    active.clone(),
                    settings.reflection,
                );
                Serving::Grpc(serving.map_err(|e| fault(exit::CANNOT_START, &format!("{e:#}")))?)
            }
        };
        let mut served = pin!(serving.until_stopped());
        if activates {
            tokio::select! {
                // What has just become active is deactivated at the end.
                biased;
                activated = activation::activate(&engine, &stop) => {
                    activated.map_err(|why| fault(exit::CANNOT_START, &why))?;
                }
                // A stop does not wait longer for an activation than for any call.
                served = &mut served => {
                    return match served {
                        Ok(()) => Ok(End::of(&stop)),
                        Err(e) => Err(fault(exit::CANNOT_START, &format!("{e:#}"))),
                    };
                }
            }
            active.begin();
        }
        let line = match standalone {
            true => serde_json::to_string(&Reattach::to(&address, version, process_id(), true))
                .map(|json| format!("{address}\n{json}\n"))
                .map_err(|e| fault(exit::CANNOT_START, &e))?,
            false => handshake::line(rpc, version, &address, tls.field.as_deref(), multiplex),
        };
        let folder = settings.plugin_path.as_ref().or(chosen.bundle.as_ref());
        stdout.announce(&line).map_err(|e| {
            fault(exit::CANNOT_START, &format!("stdout does not take the handshake: {e}"))
        })?;
        tracing::info!(
            address = %address,
            protocol = rpc.as_str(),
            because,
            plugin_id = settings.plugin_id.as_ref().or(chosen.plugin_id.as_ref()),
            plugin_path = folder.map(|path| field::display(path.display())),
            "serving"
        );
        let served = served.await;
        if let Some(forwarding) = forwarding {
            forwarding.finish().await;
        }
        served.map_err(|e| fault(exit::CANNOT_START, &format!("{e:#}")))?;
        Ok(End::of(&stop))
    });
    // Handlers that do not end are left behind: nobody waits for them any more.
    runtime.shutdown_background();
    served
}

fn runtime(settings: &Settings, registry: &Registry) -> std::io::Result<tokio::runtime::Runtime> {
    // Room for every slot of every plugin, so that the bound of one plugin is never felt by
    // another, and a little for the runtime's own use (resolving names).
    let slots = settings.sync_handlers.running.saturating_mul(registry.plugins().len().max(1));
    let threads = slots.saturating_mul(THREADS_EACH).saturating_add(4);
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(threads)
        .thread_name("hookwright")
        .build()
}

/// Sends the log to the server, where that is wanted and there is one.
///
/// Over net/rpc it is there from the activation on; the service of the hooks sees to it.
fn forward(log: &LogControl, settings: &Settings, engine: &Engine, rpc: Rpc) -> Option<Forwarding> {
    let to = match rpc {
        Rpc::Grpc => settings.log.unwrap_or(LogTo::Stderr),
        Rpc::NetRpc => return None,
    };
    if to != LogTo::Stderr && settings.api_target.is_none() {
        tracing::warn!(
            "HOOKWRIGHT_LOG asks for the server's log, and MATTERMOST_PLUGIN_API_TARGET names no server: the log is on stderr alone"
        );
        return None;
    }
    log.forward(to, &Client::new(Arc::clone(&engine.api), None))
}

/// As go-plugin has it: no system that this runs on has larger ones.
fn process_id() -> i32 {
    i32::try_from(std::process::id()).unwrap_or(i32::MAX)
}
