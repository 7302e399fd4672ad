//! What serves the hooks of this process, put together once at start.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use hookwright::api::{NoTransport, Transport};
use hookwright::{Handler, HookName, Registry};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::admit::Bulkhead;
use crate::deadline::Limits;
use crate::settings::Settings;

/// The handlers of this process and all that is needed to call them.
#[derive(Debug)]
pub struct Engine {
    pub(crate) registry: Registry,
    pub(crate) limits: Limits,
    pub(crate) api: Arc<dyn Transport>,
    /// By plugin id.
    bulkheads: HashMap<&'static str, Arc<Bulkhead>>,
    /// The calls that are being answered; closed when the process stops.
    pub(crate) calls: TaskTracker,
    /// What is left of request bodies that nobody reads, being thrown away.
    pub(crate) discarding: TaskTracker,
    /// Cancelled when the process begins to stop.
    pub(crate) stopping: CancellationToken,
    /// Whether the plugins have been told of their configuration, so that OnActivate need not.
    pub(crate) configured: Mutex<bool>,
    /// Failures that an open policy swallowed.
    pub(crate) swallowed: AtomicU64,
}

/// The configuration of plugins, given by the operator, that cannot be used. Displays one line for
/// each fault.
#[derive(Debug, thiserror::Error)]
#[error("{}", .faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct PluginConfigError {
    /// Everything that is wrong, never empty.
    pub faults: Vec<PluginConfigFault>,
}

/// The configuration of one plugin that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PluginConfigFault {
    /// There is no such plugin.
    #[error("[plugins.\"{id}\"]: there is no plugin with this id; there are: {}", known.join(", "))]
    UnknownPlugin {
        /// The id in the settings.
        id: String,
        /// The ids that there are.
        known: Vec<&'static str>,
    },
    /// The plugin has no configuration.
    #[error("[plugins.\"{id}\"]: this plugin has no configuration")]
    NotConfigurable {
        /// The plugin.
        id: String,
    },
    /// It does not fit the plugin's type.
    #[error("[plugins.\"{id}\"]: {fault}")]
    Unfit {
        /// The plugin.
        id: String,
        /// The field and what is wrong with it.
        fault: hookwright::ConfigError,
    },
}

impl Engine {
    /// Puts an engine together, and gives the plugins the configuration that the settings have for
    /// them.
    ///
    /// # Errors
    ///
    /// The settings configure a plugin that is not there, or in a way that does not fit.
    pub fn new(
        registry: Registry,
        settings: &Settings,
        api: Option<Arc<dyn Transport>>,
    ) -> Result<Self, PluginConfigError> {
        let mut faults = Vec::new();
        for (id, document) in &settings.plugins {
            let id = id.clone();
            let plugin = registry.plugins().iter().find(|plugin| plugin.id() == id);
            match plugin {
                Some(plugin) if !plugin.is_configurable() => {
                    faults.push(PluginConfigFault::NotConfigurable { id });
                }
                Some(plugin) => faults.extend(
                    plugin
                        .configure(document)
                        .err()
                        .map(|fault| PluginConfigFault::Unfit { id, fault }),
                ),
                None => {
                    let known = registry.plugins().iter().map(|plugin| plugin.id()).collect();
                    faults.push(PluginConfigFault::UnknownPlugin { id, known });
                }
            }
        }
        if !faults.is_empty() {
            return Err(PluginConfigError { faults });
        }
        let bulkheads = registry
            .plugins()
            .iter()
            .map(|plugin| (plugin.id(), Bulkhead::new(settings.sync_handlers)))
            .collect();
        Ok(Self {
            registry,
            limits: Limits { global: settings.hook_timeout, margin: settings.deadline_margin },
            api: api.unwrap_or_else(|| Arc::new(NoTransport)),
            bulkheads,
            calls: TaskTracker::new(),
            discarding: TaskTracker::new(),
            stopping: CancellationToken::new(),
            configured: Mutex::new(false),
            swallowed: AtomicU64::new(0),
        })
    }

    /// The handlers that this engine serves.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// How long a handler may take when the caller sets no deadline; `None` is without limit.
    #[must_use]
    pub fn limit_of(&self, handler: &Handler) -> Option<Duration> {
        let registration = handler.registration;
        self.limits.of_handler(registration.hook.info().limit, registration.timeout)
    }

    /// The room of a handler's plugin.
    pub(crate) fn bulkhead(&self, handler: &Handler) -> Option<&Arc<Bulkhead>> {
        self.bulkheads.get(handler.plugin.id())
    }

    pub(crate) fn handlers(&self, hook: HookName) -> &[Handler] {
        self.registry.handlers(hook)
    }
}
