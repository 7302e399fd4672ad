//! What a process is told at its start, read once into one struct.
//!
//! Settings come from environment variables. Those that are our own (`HOOKWRIGHT_...`) may also
//! stand in a TOML file, which `HOOKWRIGHT_CONFIG` names. Every fault is found before the process
//! gives up, so that it takes one restart to put them all right.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use hookwright::{HandlerOverride, HookName};

use crate::admit::Bounds;
use crate::connect::Target;
use crate::log::{Level, LogTo};
use crate::quarantine::QuarantineRule;

mod environment;
mod error;
mod file;
mod handlers;
mod manifest;
mod nearest;
mod parse;
mod read;
mod reader;
mod reference;
mod secret;
#[cfg(test)]
mod tests;

pub use crate::goplugin::tls::{BadCertificate, PeerCertificate};
pub use environment::Environment;
pub(crate) use environment::is_hosts;
pub use error::{Fault, SettingsError};
pub use file::PluginConfigs;
pub use reference::{REFERENCE, SettingInfo};
pub use secret::Secret;

pub(crate) use error::quoted;
pub(crate) use parse::{go_bool, is_host_and_port};

/// The settings of a process; [`REFERENCE`] says what each means.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The id that the host knows the plugin by.
    pub plugin_id: Option<String>,
    /// The plugin's folder.
    pub plugin_path: Option<PathBuf>,
    /// Where the host serves its plugin API.
    pub api_target: Option<Target>,
    /// The longest that any hook may take.
    pub hook_timeout: Duration,
    /// The least level that is logged.
    pub log_level: Level,
    /// Where the log goes; `None` is by what is spoken with the host.
    pub log: Option<LogTo>,
    /// The TCP ports to try in order; `0..=0` lets the system pick one.
    pub ports: RangeInclusive<u16>,
    /// The versions that the host speaks, as it wrote them.
    pub protocol_versions: Option<String>,
    /// The folder for the unix socket.
    pub unix_socket_dir: Option<PathBuf>,
    /// The group, by name or number, that may use the unix socket.
    pub unix_socket_group: Option<String>,
    /// The one certificate with which a client may connect; without it there is no TLS.
    pub client_cert: Option<PeerCertificate>,
    /// Whether all connections of a host go through one socket.
    pub multiplex: bool,
    /// What is spoken with the host; `None` is by what it, and the bundle, say.
    pub protocol: Option<Rpc>,
    /// Where that is said: the variable, or the file, line and key.
    pub protocol_place: Option<String>,
    /// What to listen on; [`Settings::listen`] has the whole of it. `None` is by what the host says.
    pub listen_on: Option<ListenOn>,
    /// How long before the caller's deadline a hook is given up.
    pub deadline_margin: Duration,
    /// How long running hooks may go on once the process is told to stop.
    pub drain_timeout: Duration,
    /// Whether the process goes on when its host has died.
    pub outlive_host: bool,
    /// How many synchronous handlers of one plugin may run at a time, and how many may wait.
    pub sync_handlers: Bounds,
    /// The same of asynchronous handlers.
    pub async_handlers: Bounds,
    /// The same of the handlers of all plugins.
    pub all_handlers: Bounds,
    /// How many calls of hooks may be under way; none waits.
    pub calls: Bounds,
    /// How many HTTP requests may be under way; none waits.
    pub web_requests: Bounds,
    /// The same for one plugin.
    pub plugin_web_requests: Bounds,
    /// When a handler is set aside.
    pub quarantine: QuarantineRule,
    /// How long the process may stand still; zero is for ever.
    pub watchdog: Duration,
    /// Who may read the metrics; `None` is nobody.
    pub metrics: Option<MetricsAccess>,
    /// Whether gRPC reflection is served.
    pub reflection: bool,
    /// The configuration of plugins, used where no host gives one.
    pub plugins: PluginConfigs,
    /// What the operator says of handlers, by the plugin's id and the hook.
    pub handlers: BTreeMap<(String, HookName), HandlerOverride>,
    /// Variables that look like ours and are not, each with the name that was perhaps meant. They
    /// are no fault, but somebody should hear of them.
    pub unknown_variables: Vec<String>,
}

/// What go-plugin calls the protocol of a plugin: how calls travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rpc {
    /// gRPC.
    Grpc,
    /// Go's net/rpc over yamux.
    NetRpc,
}

impl Rpc {
    /// The word for it in the handshake.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Grpc => "grpc",
            Self::NetRpc => "netrpc",
        }
    }
}

/// The kind of socket to listen on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListenOn {
    /// TCP on the loopback address.
    Tcp,
    /// A unix socket.
    Unix,
}

/// Who may read the metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MetricsAccess {
    /// Whoever reaches the plugin's path.
    Everyone,
    /// Whoever is signed in at the server, or sends this token, if there is one.
    SignedIn {
        /// The token.
        or_token: Option<Secret>,
    },
}
