//! The manifest of the bundle, `plugin.json`.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use hookwright::Plugin;
use serde_json::{Map, Value, json};

use super::bundle::Bundle;
use super::settings::Settings;

/// Where the web app's part of a plugin lies, and its picture, as in Mattermost's own plugins.
const WEBAPP: &str = "webapp/dist/main.js";
const ICON: &str = "assets/icon.svg";

pub(super) struct Manifest {
    pub(super) id: String,
    /// Where the executable lies in the bundle.
    pub(super) executable: String,
    /// How many settings there are.
    pub(super) settings: usize,
    /// What its author should know.
    pub(super) notes: Vec<String>,
    pub(super) text: String,
}

impl Manifest {
    pub(super) fn of(bundle: &Bundle, plugins: &[Arc<Plugin>], platform: &str) -> Result<Self> {
        let id = id(bundle, plugins)?;
        let executable = format!("server/dist/plugin-{platform}");
        let settings = Settings::of(plugins)?;
        let mut manifest = Map::new();
        manifest.insert("id".to_owned(), json!(id));
        manifest.insert("name".to_owned(), json!(bundle.name.unwrap_or(&id)));
        manifest.insert("version".to_owned(), json!(bundle.version));
        manifest.insert("server".to_owned(), json!({ "executables": { platform: executable } }));
        let has = |path| bundle.has(path).then_some(path);
        let texts = [
            ("description", bundle.description),
            ("homepage_url", bundle.homepage_url),
            ("support_url", bundle.support_url),
            ("release_notes_url", bundle.release_notes_url),
            ("min_server_version", bundle.min_server_version),
            ("icon_path", has(ICON)),
        ];
        for (key, text) in texts {
            if let Some(text) = text {
                manifest.insert(key.to_owned(), json!(text));
            }
        }
        if let Some(path) = has(WEBAPP) {
            manifest.insert("webapp".to_owned(), json!({ "bundle_path": path }));
        }
        if !settings.list.is_empty() {
            let schema = json!({
                "header": bundle.settings_header.unwrap_or_default(),
                "footer": bundle.settings_footer.unwrap_or_default(),
                "settings": settings.list,
            });
            manifest.insert("settings_schema".to_owned(), schema);
        }
        let text =
            serde_json::to_string_pretty(&Value::Object(manifest)).context("the manifest")?;
        let (notes, settings) = (settings.notes, settings.list.len());
        Ok(Self { id, executable, settings, notes, text: format!("{text}\n") })
    }
}

/// The bundle's own id, or that of the one plugin that it has.
fn id(bundle: &Bundle, plugins: &[Arc<Plugin>]) -> Result<String> {
    match (bundle.id, plugins) {
        (Some(id), _) => Ok(id.to_owned()),
        (None, [plugin]) => Ok(plugin.id().to_owned()),
        (None, several) => bail!(
            "the bundle has {} plugins and no id: expected `id` in [package.metadata.bundle] of its \
             Cargo.toml",
            several.len()
        ),
    }
}
