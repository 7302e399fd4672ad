//! The manifest: what a server reads of it, and what it refuses to.

use std::collections::BTreeMap;

use semver::Version;
use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;

use super::Faults;
use super::contents::shown;
use super::schema::Schema;

/// `model.Manifest` of the server.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Manifest {
    /// Where it lies.
    #[serde(skip)]
    path: String,
    pub(super) id: String,
    name: String,
    #[serde(rename = "description")]
    _description: String,
    homepage_url: String,
    support_url: String,
    release_notes_url: String,
    pub(super) icon_path: String,
    pub(super) version: String,
    min_server_version: String,
    pub(super) server: Option<Server>,
    pub(super) webapp: Option<Webapp>,
    settings_schema: Option<Schema>,
    #[serde(rename = "props")]
    _props: Map<String, Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Server {
    pub(super) executables: BTreeMap<String, String>,
    pub(super) executable: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Webapp {
    pub(super) bundle_path: String,
}

impl Manifest {
    pub(super) fn read(path: &str, text: &[u8], faults: &mut Faults) -> Option<Self> {
        let refuse = |faults: &mut Faults, fault: String| {
            faults.push(format!("`{path}`: {fault}."));
            None
        };
        let document: Value = match serde_json::from_slice(text) {
            Ok(document) => document,
            Err(error) => return refuse(faults, format!("it is not JSON: {error}")),
        };
        match serde_path_to_error::deserialize(set(document)) {
            Ok(manifest) => Some(Self { path: path.to_owned(), ..manifest }),
            Err(error) => {
                let place = shown(&error.path().to_string());
                refuse(faults, format!("`{place}` is not what it has to be: {}", error.inner()))
            }
        }
    }

    /// What `model.Manifest.IsValid` and the activation refuse.
    pub(super) fn check(&self, faults: &mut Faults) {
        let mut refuse = |fault: String| faults.push(format!("`{}`: {fault}.", self.path));
        if !is_plugin_id(&self.id) {
            let id = shown(&self.id);
            refuse(format!(
                "`id` is \"{id}\"; expected 3 to 190 characters of a-z, A-Z, 0-9, `.`, `_` and `-`"
            ));
        }
        if self.name.trim().is_empty() {
            refuse("`name` is empty; expected what administrators will see".to_owned());
        }
        for (key, url) in [
            ("homepage_url", &self.homepage_url),
            ("support_url", &self.support_url),
            ("release_notes_url", &self.release_notes_url),
        ] {
            let is_web = Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
            if !url.is_empty() && !is_web {
                refuse(format!("`{key}` is \"{}\"; expected a URL of http or https", shown(url)));
            }
        }
        let versions =
            [("version", &self.version), ("min_server_version", &self.min_server_version)];
        for (key, version) in versions {
            // Neither has to be there; but of two versions a server takes the later one.
            if version.is_empty() && key == "version" {
                refuse(
                    "`version` is missing; expected a semantic version such as 1.2.3".to_owned(),
                );
            } else if let (false, Err(error)) = (version.is_empty(), Version::parse(version)) {
                let version = shown(version);
                refuse(format!(
                    "`{key}` is \"{version}\"; expected a semantic version such as 1.2.3: {error}"
                ));
            }
        }
        if let Some(schema) = &self.settings_schema {
            schema.check(&mut refuse);
        }
    }

    /// The same, of a path that it has.
    pub(super) fn refuse(&self, faults: &mut Faults, key: &str, fault: impl std::fmt::Display) {
        faults.push(format!("`{}`: `{key}` {fault}.", self.path));
    }
}

/// `model.IsValidPluginId` of the server.
fn is_plugin_id(id: &str) -> bool {
    let is_of_it = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    (3..=190).contains(&id.len()) && id.chars().all(is_of_it)
}

/// The document without the members that are null: to a server they are not there.
fn set(document: Value) -> Value {
    match document {
        Value::Object(members) => {
            let members = members.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(members.map(|(key, value)| (key, set(value))).collect())
        }
        Value::Array(all) => Value::Array(all.into_iter().map(set).collect()),
        other => other,
    }
}
