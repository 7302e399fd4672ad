//! The life of a plugin, as its host leads it.

use hookwright::hooks::CallHooks as _;
use serde_json::Value;

use super::TestHost;
use crate::outcome::Called;

impl TestHost {
    /// Activates the plugins. As in production they are told of their configuration before.
    ///
    /// A test whose plugin is to fail calls `on_activate`, which gives the error.
    ///
    /// # Panics
    ///
    /// If a plugin fails to start.
    pub async fn activate(&self) {
        self.on_activate().await.assert_ok();
    }

    /// Deactivates the plugins, as a server does before it ends their process.
    ///
    /// # Panics
    ///
    /// If a plugin fails.
    pub async fn deactivate(&self) {
        self.on_deactivate().await.assert_ok();
    }

    /// Saves a configuration, as an administrator does, and tells the plugins that it changed. What
    /// comes of it is the answer to `OnConfigurationChange`: an error if it does not fit.
    pub async fn configure(&self, config: Value) -> Called<()> {
        self.server().set_plugin_config(config);
        self.on_configuration_change().await
    }
}
