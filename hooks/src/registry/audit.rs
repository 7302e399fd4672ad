//! The check of the whole registry at start. It stops at nothing: one report has every fault.

use std::collections::BTreeMap;
use std::fmt;

use super::crate_of;
use crate::HookName;
use crate::engine::{PluginDeclaration, Registration};

/// Everything that is wrong with what is registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditReport {
    faults: Vec<Fault>,
}

impl AuditReport {
    /// The faults; at least one.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }
}

/// One thing that is wrong with what is registered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// A plugin has two handlers for one hook that is no event.
    DuplicateHandler {
        /// The hook.
        hook: HookName,
        /// The plugin's crate.
        plugin_crate: &'static str,
        /// One of them.
        first: Place,
        /// The other one.
        second: Place,
    },
    /// A plugin has two handlers of one name for one event, which nothing tells apart.
    SameName {
        /// The event.
        event: HookName,
        /// One of them.
        first: Place,
        /// The other one.
        second: Place,
    },
    /// Two plugins serve HTTP below one path.
    DuplicateMount {
        /// The path.
        path: &'static str,
        /// One of them.
        first: Place,
        /// The other one.
        second: Place,
    },
    /// Two plugins have one id.
    DuplicatePlugin {
        /// The id.
        id: &'static str,
        /// One of them.
        first: Place,
        /// The other one.
        second: Place,
    },
    /// One crate declares two plugins, so that its handlers belong to neither.
    TwoPluginsInCrate {
        /// The crate.
        plugin_crate: &'static str,
        /// One of them.
        first: Place,
        /// The other one.
        second: Place,
    },
    /// A handler stands in a crate that declares no plugin.
    NoPlugin {
        /// The crate.
        plugin_crate: &'static str,
        /// The handler.
        handler: Place,
    },
    /// Making a plugin's state, or its default configuration, panicked.
    StatePanicked {
        /// The plugin.
        id: &'static str,
        /// Where it is declared.
        plugin: Place,
    },
    /// A crate was meant to be linked, but nothing of it is here.
    NotLinked {
        /// The crate.
        plugin_crate: String,
    },
}

/// Where something is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The function, or `plugin!`.
    pub what: &'static str,
    /// The file.
    pub file: &'static str,
    /// The line.
    pub line: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}:{}", self.what, self.file, self.line)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DuplicateHandler { hook, plugin_crate, first, second } => write!(
                f,
                "{hook} has two handlers in the plugin crate `{plugin_crate}`: {first} and {second}; a plugin handles a hook once, so join or remove one"
            ),
            Self::SameName { event, first, second } => write!(
                f,
                "two handlers of {event} in one plugin have one name: {first} and {second}; give one of the functions another name, by which the log and the metrics know it"
            ),
            Self::DuplicateMount { path, first, second } => write!(
                f,
                "two plugins serve HTTP at \"{path}\": {first} and {second}; give one of them another place (`path = \"/..\"`)"
            ),
            Self::DuplicatePlugin { id, first, second } => write!(
                f,
                "two plugins have the id \"{id}\": {first} and {second}; give one of them another id"
            ),
            Self::TwoPluginsInCrate { plugin_crate, first, second } => write!(
                f,
                "the crate `{plugin_crate}` declares two plugins: {first} and {second}; keep one plugin! a crate"
            ),
            Self::NoPlugin { plugin_crate, handler } => write!(
                f,
                "{handler} belongs to no plugin; add `hookwright::plugin! {{ id: \"..\" }}` at the root of the crate `{plugin_crate}`"
            ),
            Self::StatePanicked { id, plugin } => write!(
                f,
                "the plugin \"{id}\" panicked while its state was made ({plugin}); a state that can fail belongs into OnActivate"
            ),
            Self::NotLinked { plugin_crate } => write!(
                f,
                "nothing is registered by the crate `{plugin_crate}`; it has no plugin!, or the linker dropped it because nothing names it (`use {plugin_crate} as _;`)"
            ),
        }
    }
}

impl fmt::Display for AuditReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let faults: Vec<String> = self.faults.iter().map(ToString::to_string).collect();
        f.write_str(&faults.join("\n"))
    }
}

impl std::error::Error for AuditReport {}

/// Looks at everything; `plugins` and `handlers` come in a fixed order.
pub(super) fn check(
    plugins: &[&'static PluginDeclaration],
    handlers: &[&'static Registration],
    crates: &[&str],
) -> Result<(), AuditReport> {
    let mut faults = Vec::new();

    let mut by_id = BTreeMap::new();
    let mut by_crate = BTreeMap::new();
    for plugin in plugins {
        let plugin_crate = crate_of(plugin.module);
        if let Some(first) = by_crate.insert(plugin_crate, place_of_plugin(plugin)) {
            let second = place_of_plugin(plugin);
            faults.push(Fault::TwoPluginsInCrate { plugin_crate, first, second });
        }
        if let Some(first) = by_id.insert(plugin.id, place_of_plugin(plugin)) {
            let second = place_of_plugin(plugin);
            faults.push(Fault::DuplicatePlugin { id: plugin.id, first, second });
        }
    }

    let mut by_hook = BTreeMap::new();
    let mut by_name = BTreeMap::new();
    for handler in handlers {
        let plugin_crate = crate_of(handler.module);
        if !by_crate.contains_key(plugin_crate) {
            faults.push(Fault::NoPlugin { plugin_crate, handler: place_of_handler(handler) });
        }
        let (key, second) = ((plugin_crate, handler.hook), place_of_handler(handler));
        // Of an event it may have as many as it likes.
        if handler.hook.is_event() {
            if let Some(first) = by_name.insert((key, handler.handler), second.clone()) {
                faults.push(Fault::SameName { event: handler.hook, first, second });
            }
        } else if let Some(first) = by_hook.insert(key, second.clone()) {
            let hook = handler.hook;
            faults.push(Fault::DuplicateHandler { hook, plugin_crate, first, second });
        }
    }

    let mut by_path = BTreeMap::new();
    for handler in handlers {
        let Some(path) = handler.mount() else { continue };
        let place = place_of_handler(handler);
        if let Some((other_crate, first)) = by_path.insert((handler.hook, path), (crate_of(handler.module), place))
            // Two in one plugin are a fault of their own.
            && other_crate != crate_of(handler.module)
        {
            faults.push(Fault::DuplicateMount { path, first, second: place_of_handler(handler) });
        }
    }

    for &plugin_crate in crates {
        let is_here = by_crate.contains_key(plugin_crate)
            || handlers.iter().any(|handler| crate_of(handler.module) == plugin_crate);
        if !is_here {
            faults.push(Fault::NotLinked { plugin_crate: plugin_crate.to_owned() });
        }
    }

    if faults.is_empty() { Ok(()) } else { Err(AuditReport { faults }) }
}

/// The report of a plugin whose state cannot be made.
pub(super) fn state_panicked(plugin: &PluginDeclaration) -> AuditReport {
    let fault = Fault::StatePanicked { id: plugin.id, plugin: place_of_plugin(plugin) };
    AuditReport { faults: vec![fault] }
}

fn place_of_plugin(plugin: &PluginDeclaration) -> Place {
    Place { what: "plugin!", file: plugin.file, line: plugin.line }
}

fn place_of_handler(handler: &Registration) -> Place {
    Place { what: handler.handler, file: handler.file, line: handler.line }
}
