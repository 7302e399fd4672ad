//! What the operator says of plugins and handlers, put into force at start.

use hookwright::{CallerGone, FailurePolicy, HookName, Registry};

use crate::settings::Settings;

/// What the settings say of plugins and handlers cannot be used. Displays one line for each fault.
#[derive(Debug, thiserror::Error)]
#[error("{}", .faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct OperatorError {
    /// Everything that is wrong, never empty.
    pub faults: Vec<OperatorFault>,
}

/// One thing that the settings say and that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OperatorFault {
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
    /// It has fields that the plugin's type has not.
    #[error("[plugins.\"{id}\"]: the plugin has no field {}", fields.join(", "))]
    UnknownFields {
        /// The plugin.
        id: String,
        /// The paths of the fields.
        fields: Vec<String>,
    },
    /// A page is for its caller.
    #[error(
        "[handlers.\"{plugin}\".ServeHTTP]: on_caller_gone is \"finish\": a handler of ServeHTTP ends with its caller"
    )]
    EndsWithCaller {
        /// The plugin's id in the settings.
        plugin: String,
    },
    /// What happened has happened.
    #[error(
        "[handlers.\"{plugin}\".\"{hook}\"]: {key} is \"{value}\": a handler of an event runs to its end, and its failure stops no other"
    )]
    StopsEvent {
        /// The plugin's id in the settings.
        plugin: String,
        /// The event.
        hook: HookName,
        /// The setting.
        key: &'static str,
        /// What it is set to.
        value: &'static str,
    },
    /// There is no such handler.
    #[error(
        "[handlers.\"{plugin}\".{hook}]: there is no such handler; {}",
        match known.is_empty() {
            true => format!("there is no plugin \"{plugin}\""),
            false => format!("this plugin handles: {}", known.join(", ")),
        }
    )]
    UnknownHandler {
        /// The plugin's id in the settings.
        plugin: String,
        /// The hook in the settings.
        hook: HookName,
        /// What the plugin handles.
        known: Vec<&'static str>,
    },
}

/// Configures the plugins, and overrides what the handlers say of themselves.
///
/// # Errors
///
/// Everything that does not fit what is linked.
pub(crate) fn apply(registry: &mut Registry, settings: &Settings) -> Result<(), OperatorError> {
    let mut faults = Vec::new();
    for (id, document) in &settings.plugins {
        faults.extend(configure(registry, id, document).err());
    }
    // Looked up before any is taken out, so that each message has all of them.
    for ((plugin, hook), operator) in &settings.handlers {
        faults.extend(known(registry, plugin, *hook).err());
        if hook.is_stream() && operator.on_caller_gone == Some(CallerGone::Finish) {
            faults.push(OperatorFault::EndsWithCaller { plugin: plugin.clone() });
        }
    }
    for ((plugin, hook), operator) in &settings.handlers {
        let stops = [
            (operator.on_failure == Some(FailurePolicy::Closed), "on_failure", "closed"),
            (operator.on_caller_gone == Some(CallerGone::Cancel), "on_caller_gone", "cancel"),
        ];
        for (_, key, value) in stops.into_iter().filter(|(set, ..)| *set && hook.is_event()) {
            let plugin = plugin.clone();
            faults.push(OperatorFault::StopsEvent { plugin, hook: *hook, key, value });
        }
    }
    for ((plugin, hook), operator) in &settings.handlers {
        registry.override_handler(plugin, *hook, operator);
    }
    if faults.is_empty() { Ok(()) } else { Err(OperatorError { faults }) }
}

fn configure(
    registry: &Registry,
    id: &str,
    document: &serde_json::Value,
) -> Result<(), OperatorFault> {
    let plugins = registry.plugins();
    let Some(plugin) = plugins.iter().find(|plugin| plugin.id() == id) else {
        let known = plugins.iter().map(|plugin| plugin.id()).collect();
        return Err(OperatorFault::UnknownPlugin { id: id.to_owned(), known });
    };
    if !plugin.is_configurable() {
        return Err(OperatorFault::NotConfigurable { id: id.to_owned() });
    }
    match plugin.configure(document) {
        Ok(unknown) if unknown.is_empty() => Ok(()),
        // Nobody but the operator wrote it, so that it is a mistake.
        Ok(fields) => Err(OperatorFault::UnknownFields { id: id.to_owned(), fields }),
        Err(fault) => Err(OperatorFault::Unfit { id: id.to_owned(), fault }),
    }
}

fn known(registry: &Registry, plugin: &str, hook: HookName) -> Result<(), OperatorFault> {
    let of_plugin = registry.all_handlers().filter(|handler| handler.plugin.id() == plugin);
    let known: Vec<_> = of_plugin.map(|handler| handler.registration.hook.as_str()).collect();
    match known.contains(&hook.as_str()) {
        true => Ok(()),
        false => Err(OperatorFault::UnknownHandler { plugin: plugin.to_owned(), hook, known }),
    }
}
