//! What the System Console shows: the settings of the plugins' configuration types.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use heck::ToTitleCase as _;
use hookwright::Plugin;
use serde_json::{Map, Value};

use super::kind;

pub(super) struct Settings {
    /// In the order of the plugins, and of a plugin's keys.
    pub(super) list: Vec<Value>,
    /// What is configured, and cannot be shown.
    pub(super) notes: Vec<String>,
}

impl Settings {
    /// A server knows one plugin, the bundle, and gives its settings to all plugins in it. So they
    /// stand side by side, and no two may have one key.
    pub(super) fn of(plugins: &[Arc<Plugin>]) -> Result<Self> {
        let mut all = Self { list: Vec::new(), notes: Vec::new() };
        let mut owners: BTreeMap<String, &str> = BTreeMap::new();
        let described = plugins.iter().filter(|plugin| plugin.is_configurable()).count();
        for plugin in plugins {
            let Some(config) = &plugin.declaration().config else { continue };
            let Some(schema) = (config.schema)() else {
                let (id, why) = (plugin.id(), "its type does not derive `schemars::JsonSchema`");
                all.notes.push(format!("the configuration of {id} has no settings: {why}"));
                continue;
            };
            let (mut defaults, mut kinds) = (Map::new(), Vec::new());
            let fields = schema.get("properties").and_then(Value::as_object);
            for (key, field) in fields.into_iter().flatten() {
                let Some(mut setting) = kind::setting(key, field) else {
                    all.notes.push(format!(
                        "`{key}` of {} is no setting: the System Console has none of its type; \
                         `#[schemars(extend(\"setting\" = {{ \"type\": .. }}))]` says which it is",
                        plugin.id()
                    ));
                    continue;
                };
                if !setting.contains_key("default") && !has_none(&schema, key, field) {
                    all.notes.push(format!(
                        "`{key}` of {} has no default in the System Console, though the type has \
                         one: the field's own type does not derive `serde::Serialize`, which would \
                         tell it",
                        plugin.id()
                    ));
                }
                if described > 1 {
                    prefix(&mut setting, plugin.id());
                }
                // A server writes all keys in lower case.
                let lower = key.to_lowercase();
                if let Some(other) = owners.insert(lower.clone(), plugin.id()) {
                    let id = plugin.id();
                    bail!("{other} and {id} both have a setting `{key}`: rename one of them");
                }
                let kind = setting.get("type").and_then(Value::as_str).unwrap_or_default();
                kinds.push((lower.clone(), kind.to_owned()));
                defaults.insert(lower, setting.get("default").cloned().unwrap_or_default());
                all.list.push(Value::Object(setting));
            }
            takes(plugin, &defaults, &kinds)?;
        }
        Ok(all)
    }
}

/// Whether a field is without a default by its type: it has to be there, or it is an option.
fn has_none(schema: &Value, key: &str, field: &Value) -> bool {
    let required = schema.get("required").and_then(Value::as_array);
    required.is_some_and(|required| required.iter().any(|name| name == key))
        || kind::is_optional(field)
}

/// Which of the plugins a setting is of.
fn prefix(setting: &mut Map<String, Value>, id: &str) {
    let name = id.rsplit('.').next().unwrap_or(id).to_title_case();
    if let Some(Value::String(text)) = setting.get_mut("display_name") {
        *text = format!("{name}: {text}");
    }
}

/// Makes sure that the plugin reads what a server will give it before anybody has set anything, and
/// that it reads every setting of it.
fn takes(plugin: &Plugin, defaults: &Map<String, Value>, kinds: &[(String, String)]) -> Result<()> {
    let fresh = Plugin::new(plugin.declaration());
    let id = plugin.id();
    fresh
        .configure(&Value::Object(defaults.clone()))
        .with_context(|| format!("the default settings of {id} do not fit it"))?;
    // Whatever a setting is, it is no object; but what a `custom` one is, the plugin alone knows.
    for (key, _) in kinds.iter().filter(|(_, kind)| kind != "custom") {
        let mut wrong = defaults.clone();
        wrong.insert(key.clone(), Value::Object(Map::new()));
        ensure!(
            fresh.configure(&Value::Object(wrong)).is_err(),
            "{id} does not read its setting `{key}`: servers write keys in lower case, in which a \
             flattened field is not found by another name"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests;
