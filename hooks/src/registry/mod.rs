//! What is registered: collected once, checked, and put in order.

mod audit;
mod handler;

use std::collections::BTreeMap;
use std::panic::catch_unwind;
use std::sync::Arc;

pub use audit::{AuditReport, Fault, Place};
pub use handler::{Handler, HandlerOverride, HandlerSettings};

use crate::engine::{PluginDeclaration, Registration};
use crate::plugin::Plugin;
use crate::{HookName, State};

/// All plugins and handlers of this process, in the order in which they run.
#[derive(Debug)]
pub struct Registry {
    plugins: Vec<Arc<Plugin>>,
    /// Indexed by the hook: looking handlers up costs the same however many there are.
    handlers: [Vec<Handler>; HookName::COUNT],
}

impl Registry {
    /// Collects what is linked into this process.
    ///
    /// `crates` are the plugin crates that were meant to be linked, by their Rust names: one of
    /// them without a single `plugin!` was dropped by the linker, or never had one.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with what is registered.
    pub fn collect(crates: &[&str]) -> Result<Self, AuditReport> {
        Self::from_parts(
            inventory::iter::<PluginDeclaration>,
            inventory::iter::<Registration>,
            crates,
        )
    }

    /// Makes a registry of these declarations alone.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with them.
    pub fn from_parts(
        plugins: impl IntoIterator<Item = &'static PluginDeclaration>,
        handlers: impl IntoIterator<Item = &'static Registration>,
        crates: &[&str],
    ) -> Result<Self, AuditReport> {
        let mut plugins: Vec<_> = plugins.into_iter().collect();
        let mut registrations: Vec<_> = handlers.into_iter().collect();
        // The linker's order means nothing; these orders do not depend on it.
        plugins.sort_by_key(|plugin| (plugin.id, plugin.module, plugin.line));
        registrations.sort_by_key(|handler| (handler.module, handler.line, handler.handler));
        audit::check(&plugins, &registrations, crates)?;

        let mut by_crate: BTreeMap<&str, Arc<Plugin>> = BTreeMap::new();
        for declaration in plugins {
            // The state is made by the plugin's own code, which may fail like any other.
            let plugin = catch_unwind(|| Plugin::new(declaration))
                .map_err(|_panic| audit::state_panicked(declaration))?;
            by_crate.insert(crate_of(declaration.module), Arc::new(plugin));
        }
        let mut handlers = [const { Vec::new() }; HookName::COUNT];
        for registration in registrations {
            if let Some(plugin) = by_crate.get(crate_of(registration.module)) {
                let handler = Handler::new(registration, Arc::clone(plugin));
                handlers[registration.hook as usize].push(handler);
            }
        }
        for chain in &mut handlers {
            sort(chain);
        }
        let mut plugins: Vec<_> = by_crate.into_values().collect();
        plugins.sort_by_key(|plugin| plugin.id());
        Ok(Self { plugins, handlers })
    }

    /// Has the operator's word on the handler of a plugin for a hook, or on its handlers for an event;
    /// false if there is none.
    pub fn override_handler(
        &mut self,
        plugin: &str,
        hook: HookName,
        operator: &HandlerOverride,
    ) -> bool {
        let chain = &mut self.handlers[hook as usize];
        let is_meant = |handler: &Handler| handler.plugin.id() == plugin;
        if !chain.iter().any(is_meant) {
            return false;
        }
        if operator.enabled == Some(false) {
            chain.retain(|handler| !is_meant(handler));
        }
        for handler in chain.iter_mut().filter(|handler| is_meant(handler)) {
            handler.settings.overridden_by(operator);
        }
        sort(chain);
        true
    }

    /// Gives the plugin that has a state of this type another one, in place of what it made itself;
    /// false if there is none. Before the handlers run, in tests for the most part.
    pub fn replace_state<S: State>(&mut self, state: S) -> bool {
        let Some(place) = self.plugins.iter().position(|plugin| plugin.state().is::<S>()) else {
            return false;
        };
        let plugin = Arc::new(self.plugins[place].with_state(Arc::new(state)));
        for handler in self.handlers.iter_mut().flatten() {
            if handler.plugin.id() == plugin.id() {
                handler.plugin = Arc::clone(&plugin);
            }
        }
        self.plugins[place] = plugin;
        true
    }

    /// The plugins, by id.
    #[must_use]
    pub fn plugins(&self) -> &[Arc<Plugin>] {
        &self.plugins
    }

    /// The handlers of a hook, in the order in which they run: by priority, then by the plugin's
    /// id, then by the handler's name.
    #[must_use]
    pub fn handlers(&self, hook: HookName) -> &[Handler] {
        &self.handlers[hook as usize]
    }

    /// The handlers of all hooks, hook by hook, in the order in which they run.
    pub fn all_handlers(&self) -> impl Iterator<Item = &Handler> {
        self.handlers.iter().flatten()
    }

    /// What a host that speaks gRPC is told that this process implements: canonical names, sorted byte
    /// by byte.
    ///
    /// Beside the hooks that have handlers these are the two at which the runtime itself reads the
    /// configuration, where a plugin has one: the host sends only what is on the list.
    #[must_use]
    pub fn implemented(&self) -> Vec<&'static str> {
        self.implemented_of(HookName::has_rpc)
    }

    /// The same for a host that speaks net/rpc: with the hooks that only such hosts send.
    #[must_use]
    pub fn implemented_over_netrpc(&self) -> Vec<&'static str> {
        self.implemented_of(|hook| !hook.is_event())
    }

    fn implemented_of(&self, is_sent: impl Fn(HookName) -> bool) -> Vec<&'static str> {
        let configurable = self.plugins.iter().any(|plugin| plugin.is_configurable());
        let mut names: Vec<_> = HookName::all()
            .filter(|&hook| {
                let read_at =
                    matches!(hook, HookName::OnActivate | HookName::OnConfigurationChange);
                is_sent(hook) && (!self.handlers(hook).is_empty() || (configurable && read_at))
            })
            .map(HookName::as_str)
            .collect();
        names.sort_unstable();
        names
    }
}

/// The order in which the handlers of a hook run. Those that a plugin has of an event keep its order
/// among themselves where the operator's word is on all of them.
fn sort(chain: &mut [Handler]) {
    chain.sort_by_key(|handler| {
        let Handler { registration, plugin, settings } = handler;
        (settings.priority, plugin.id(), registration.priority, registration.handler)
    });
}

/// The crate of a module path, by its Rust name.
fn crate_of(module: &'static str) -> &'static str {
    module.split("::").next().unwrap_or(module)
}
