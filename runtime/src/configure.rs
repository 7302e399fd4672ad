//! The plugins' typed configuration: fetched from the server, parsed, and swapped in as a whole.

use hookwright::api::Client;
use hookwright::{ApiError, HookName};
use tokio::time::Instant;

use crate::engine::Engine;
use crate::failure::{Code, Failure, without_paths};

impl Engine {
    /// What happens before the handlers of a hook run: at OnConfigurationChange the configuration
    /// is read. A host that speaks gRPC does not call OnConfigurationChange before OnActivate as it
    /// does for Go plugins; where it has not, that is made up for.
    ///
    /// The error is that of OnConfigurationChange; before OnActivate it is only logged, as in Go.
    pub(crate) async fn before(
        &self,
        hook: HookName,
        deadline: Option<Instant>,
    ) -> Result<(), Failure> {
        match hook {
            HookName::OnConfigurationChange => {
                self.read_configuration(&mut *self.configured.lock().await, deadline).await
            }
            HookName::OnActivate => {
                let mut configured = self.configured.lock().await;
                if !*configured && self.read_configuration(&mut configured, deadline).await.is_ok()
                {
                    drop(configured);
                    self.make_up_for(HookName::OnConfigurationChange, deadline).await;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Reads it, one at a time: an older answer of the server must not replace a newer one.
    async fn read_configuration(
        &self,
        configured: &mut bool,
        deadline: Option<Instant>,
    ) -> Result<(), Failure> {
        *configured = true;
        let read = self.load_configuration(deadline).await;
        if let Err(failure) = &read {
            tracing::error!(error = failure.text, "the configuration was not read");
        }
        read
    }

    /// Fetches the configuration and gives it to every plugin that has one. A plugin that it does
    /// not fit keeps the one that it has; the others take theirs.
    async fn load_configuration(&self, deadline: Option<Instant>) -> Result<(), Failure> {
        let configurable: Vec<_> =
            self.registry.plugins().iter().filter(|plugin| plugin.is_configurable()).collect();
        if configurable.is_empty() {
            return Ok(());
        }
        let client = Client::new(std::sync::Arc::clone(&self.api), deadline);
        let document = match client.load_plugin_configuration().await {
            Ok(document) => document,
            // Without a server the settings file and the defaults are all there is.
            Err(ApiError::NoTarget { .. }) => return Ok(()),
            Err(error) => {
                let text = format!("the server did not give the plugin's configuration: {error}");
                return Err(Failure::new(Code::Unavailable, without_paths(&text)));
            }
        };
        if document.is_empty() {
            return Ok(());
        }
        let document: serde_json::Value = serde_json::from_slice(&document).map_err(|fault| {
            let text = format!("the plugin's configuration is not JSON: {fault}");
            Failure::new(Code::InvalidArgument, text)
        })?;
        if document.is_null() {
            return Ok(());
        }
        if !document.is_object() {
            let text = "the plugin's configuration is not a JSON object";
            return Err(Failure::new(Code::InvalidArgument, text));
        }
        let mut faults = Vec::new();
        for plugin in configurable {
            match plugin.configure(&document) {
                Ok(()) => tracing::info!(plugin = plugin.id(), "configuration in force"),
                Err(fault) => faults
                    .push(format!("{}: {fault}; the configuration stays as it was", plugin.id())),
            }
        }
        match faults.is_empty() {
            true => Ok(()),
            false => Err(Failure::new(Code::InvalidArgument, faults.join("; "))),
        }
    }
}
