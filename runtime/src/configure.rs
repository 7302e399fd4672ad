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
    /// `wanted` is asked, with whether it has been read before, when it is this call's turn.
    pub(crate) async fn read_configuration(
        &self,
        deadline: Option<Instant>,
        wanted: impl FnOnce(bool) -> bool,
    ) -> Option<Prepared> {
        let lock = self.configured.lock();
        let locked = match deadline {
            Some(deadline) => tokio::time::timeout_at(deadline, lock).await,
            None => Ok(lock.await),
        };
        let Ok(mut configured) = locked else {
            let text = "the configuration is being read for another call";
            return Some(self.not_read(Failure::new(Code::DeadlineExceeded, text)));
        };
        if !wanted(*configured) {
            return None;
        }
        let prepared = match self.fetch(deadline).await {
            Ok(document) => {
                *configured = true;
                document.map_or_else(Prepared::default, |document| self.configure(&document))
            }
            Err(failure) => self.not_read(failure),
        };
        if let Some(failure) = &prepared.failure {
            tracing::error!(error = failure.text, "the configuration was not read");
        }
        Some(prepared)
    }

    /// Puts a configuration in force as if the server had it, and tells no handler.
    ///
    /// # Errors
    ///
    /// It does not fit a plugin, which keeps the one that it has.
    pub fn set_configuration(&self, document: &Value) -> Result<(), Failure> {
        match self.configure(document).failure {
            Some(failure) => Err(failure),
            None => Ok(()),
        }
    }

    fn configurable(&self) -> impl Iterator<Item = &Arc<Plugin>> {
        self.registry.plugins().iter().filter(|plugin| plugin.is_configurable())
    }

    /// Nobody has a new configuration.
    fn not_read(&self, failure: Failure) -> Prepared {
        let unfit = self.configurable().map(|plugin| plugin.id()).collect();
        Prepared { unfit, failure: Some(failure) }
    }

    /// The document that the server has, if it has one.
    async fn fetch(&self, deadline: Option<Instant>) -> Result<Option<Value>, Failure> {
        if self.configurable().next().is_none() {
            return Ok(None);
        }
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

    /// Gives a document to the plugins, and says whom it did not fit.
    fn configure(&self, document: &Value) -> Prepared {
        let ids: Vec<_> = self.registry.plugins().iter().map(|plugin| plugin.id()).collect();
        let mut unfit = Vec::new();
        let mut faults = Vec::new();
        for plugin in self.configurable() {
            match plugin.configure(self.part_of(document, plugin.id(), &ids)) {
                Ok(unknown) => {
                    tracing::info!(plugin = plugin.id(), "configuration in force");
                    if !unknown.is_empty() {
                        // A server keeps what was set for other versions, and for other plugins.
                        let fields = unknown.join(", ");
                        tracing::debug!(
                            plugin = plugin.id(),
                            fields,
                            "fields that the plugin has not"
                        );
                    }
                }
                Err(fault) => {
                    unfit.push(plugin.id());
                    faults.push(format!(
                        "{}: {fault}; the configuration stays as it was",
                        plugin.id()
                    ));
                }
            }
        }
        let failure =
            (!faults.is_empty()).then(|| Failure::new(Code::InvalidArgument, faults.join("; ")));
        Prepared { unfit, failure }
    }

    /// What of a document is for a plugin. Of one that is for other plugins, it is what the operator
    /// has for this one.
    fn part_of<'d>(&'d self, document: &'d Value, id: &str, ids: &[&str]) -> &'d Value {
        static NOTHING: LazyLock<Value> = LazyLock::new(|| Value::Object(serde_json::Map::new()));
        part_of(document, id, ids)
            .unwrap_or_else(|| self.operators_configs.get(id).unwrap_or(&NOTHING))
    }
}

/// What of a document is for a plugin. A host knows one plugin and has one document for it; where
/// several are linked, its members may be their ids, each with that plugin's own.
fn part_of<'d>(document: &'d Value, id: &str, ids: &[&str]) -> Option<&'d Value> {
    // A server gives `null` for a setting that nobody has set.
    match document.get(id).filter(|own| !own.is_null()) {
        Some(own) => Some(own),
        None if ids.iter().any(|other| document.get(other).is_some()) => None,
        None => Some(document),
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
        assert_eq!(part_of(&shared, ids[0], &ids), Some(&json!({ "limit": 1 })));
        assert_eq!(part_of(&shared, ids[1], &ids), None);
        let unset = json!({ "com.example.a": null });
        assert_eq!(part_of(&unset, ids[0], &ids), None);
        let whole = json!({ "limit": 2, "com.example.c": 3 });
        assert_eq!(part_of(&whole, ids[1], &ids), Some(&whole));
    }
}
