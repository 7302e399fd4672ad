//! The plugins' typed configuration: fetched from the server, parsed, and swapped in as a whole.

use std::sync::{Arc, LazyLock};

use hookwright::api::Client;
use hookwright::{ApiError, Plugin};
use serde_json::Value;
use tokio::time::Instant;

use crate::engine::Engine;
use crate::failure::{Code, Failure, without_paths};
use crate::lifecycle::Prepared;

impl Engine {
    /// Reads the configuration, one at a time: an older answer of the server must not replace a
    /// newer one. A plugin that it does not fit keeps the one that it has; the others take theirs.
    pub(crate) async fn read_configuration(
        &self,
        configured: &mut bool,
        deadline: Option<Instant>,
    ) -> Prepared {
        *configured = true;
        let plugins = self.registry.plugins();
        let configurable: Vec<_> =
            plugins.iter().filter(|plugin| plugin.is_configurable()).collect();
        if configurable.is_empty() {
            return Prepared::default();
        }
        let prepared = match self.fetch(deadline).await {
            Ok(Some(document)) => {
                let ids: Vec<_> = plugins.iter().map(|plugin| plugin.id()).collect();
                configure(&configurable, &document, &ids)
            }
            Ok(None) => Prepared::default(),
            Err(failure) => Prepared {
                unfit: configurable.iter().map(|plugin| plugin.id()).collect(),
                failure: Some(failure),
            },
        };
        if let Some(failure) = &prepared.failure {
            tracing::error!(error = failure.text, "the configuration was not read");
        }
        prepared
    }

    /// The document that the server has, if it has one.
    async fn fetch(&self, deadline: Option<Instant>) -> Result<Option<Value>, Failure> {
        let client = Client::new(Arc::clone(&self.api), deadline);
        let document = match client.load_plugin_configuration().await {
            Ok(document) => document,
            // Without a server the settings file and the defaults are all there is.
            Err(ApiError::NoTarget { .. }) => return Ok(None),
            Err(error) => {
                let text = format!("the server did not give the plugin's configuration: {error}");
                return Err(Failure::new(Code::Unavailable, without_paths(&text)));
            }
        };
        if document.is_empty() {
            return Ok(None);
        }
        match serde_json::from_slice(&document) {
            Ok(Value::Null) => Ok(None),
            Ok(document @ Value::Object(_)) => Ok(Some(document)),
            Ok(_) => {
                let text = "the plugin's configuration is not a JSON object";
                Err(Failure::new(Code::InvalidArgument, text))
            }
            Err(fault) => {
                let text = format!("the plugin's configuration is not JSON: {fault}");
                Err(Failure::new(Code::InvalidArgument, text))
            }
        }
    }
}

/// Gives a document to the plugins, and says whom it did not fit.
fn configure(plugins: &[&Arc<Plugin>], document: &Value, ids: &[&str]) -> Prepared {
    let mut unfit = Vec::new();
    let mut faults = Vec::new();
    for plugin in plugins {
        match plugin.configure(part_of(document, plugin.id(), ids)) {
            Ok(unknown) => {
                tracing::info!(plugin = plugin.id(), "configuration in force");
                if !unknown.is_empty() {
                    // A server keeps what was set for other versions, and for other plugins.
                    let fields = unknown.join(", ");
                    tracing::debug!(plugin = plugin.id(), fields, "fields that the plugin has not");
                }
            }
            Err(fault) => {
                unfit.push(plugin.id());
                faults.push(format!("{}: {fault}; the configuration stays as it was", plugin.id()));
            }
        }
    }
    let failure =
        (!faults.is_empty()).then(|| Failure::new(Code::InvalidArgument, faults.join("; ")));
    Prepared { unfit, failure }
}

/// What of a document is for a plugin. A host knows one plugin and has one document for it; where
/// several are linked, its members may be their ids, each with that plugin's own.
fn part_of<'d>(document: &'d Value, id: &str, ids: &[&str]) -> &'d Value {
    static NOTHING: LazyLock<Value> = LazyLock::new(|| Value::Object(serde_json::Map::new()));
    match document.get(id) {
        Some(own) => own,
        None if ids.iter().any(|other| document.get(other).is_some()) => &NOTHING,
        None => document,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::part_of;

    #[test]
    fn a_document_is_for_all_unless_it_names_one_of_them() {
        let ids = ["com.example.a", "com.example.b"];
        let shared = json!({ "com.example.a": { "limit": 1 } });
        assert_eq!(*part_of(&shared, ids[0], &ids), json!({ "limit": 1 }));
        assert_eq!(*part_of(&shared, ids[1], &ids), json!({}));
        let whole = json!({ "limit": 2, "com.example.c": 3 });
        assert_eq!(*part_of(&whole, ids[1], &ids), whole);
    }
}
