//! Which protocol is spoken with the host, and why.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::settings::{Rpc, Settings};

/// How far above its own folder a binary may find the bundle that it is part of.
const HIGHEST: usize = 6;

/// A protocol, and the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// What is spoken.
    pub rpc: Rpc,
    /// Why, in words.
    pub because: String,
    /// The id in the manifest of the bundle that the binary is part of.
    pub plugin_id: Option<String>,
    /// The folder of that bundle.
    pub bundle: Option<PathBuf>,
}

/// Chooses for the binary that runs from this file.
///
/// A host says nothing of what it speaks. One that serves its API over gRPC names the place; a server
/// that has unpacked a bundle runs what the manifest names, and knows net/rpc alone.
#[must_use]
pub fn choose(settings: &Settings, executable: Option<&Path>) -> Chosen {
    let mut broken = None;
    let bundle = executable.and_then(|executable| Bundle::of(executable, &mut broken));
    let (rpc, because) = match (settings.protocol, &bundle) {
        (Some(rpc), _) => {
            let place = settings.protocol_place.as_deref();
            (rpc, format!("{} says so", place.unwrap_or("HOOKWRIGHT_PROTOCOL")))
        }
        (None, _) if settings.api_target.is_some() => {
            (Rpc::Grpc, "MATTERMOST_PLUGIN_API_TARGET is set".to_owned())
        }
        (None, Some(_)) => (
            Rpc::NetRpc,
            "plugin.json of the bundle names this file as the server's executable".to_owned(),
        ),
        (None, None) => (
            Rpc::Grpc,
            match broken {
                Some(fault) => format!("{fault}, and no other plugin.json names this file"),
                None => "no plugin.json names this file, and nothing else is said".to_owned(),
            },
        ),
    };
    let (plugin_id, bundle) = bundle.map(|bundle| (bundle.id, bundle.folder)).unzip();
    Chosen { rpc, because, plugin_id, bundle }
}

/// A bundle that a server has unpacked.
struct Bundle {
    id: String,
    folder: PathBuf,
}

impl Bundle {
    /// The bundle whose manifest names a file as its executable, and the first manifest that is no
    /// manifest and may have done so.
    fn of(executable: &Path, broken: &mut Option<String>) -> Option<Self> {
        for folder in executable.parent()?.ancestors().take(HIGHEST) {
            match manifest(&folder.join("plugin.json")) {
                Ok(None) => {}
                Ok(Some(manifest)) => {
                    if let Some(bundle) = Self::naming(executable, folder, &manifest) {
                        return Some(bundle);
                    }
                }
                Err(fault) => *broken = broken.take().or(Some(fault)),
            }
        }
        None
    }

    fn naming(executable: &Path, folder: &Path, manifest: &Value) -> Option<Self> {
        let server = manifest.get("server")?;
        let platforms = server.get("executables").and_then(Value::as_object);
        let named =
            platforms.into_iter().flat_map(|all| all.values()).chain(server.get("executable"));
        let is_this = |named: &str| {
            let path = folder.join(named);
            !named.is_empty()
                && (path == executable || path.canonicalize().is_ok_and(|path| path == executable))
        };
        let id = manifest.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        let is_named = named.filter_map(Value::as_str).any(is_this);
        is_named.then(|| Self { id, folder: folder.to_owned() })
    }
}

/// The manifest at a path, if there is one.
fn manifest(path: &Path) -> Result<Option<Value>, String> {
    match std::fs::read(path) {
        Ok(text) => serde_json::from_slice(&text)
            .map(Some)
            .map_err(|error| format!("{} is not JSON: {error}", path.display())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("{} cannot be read: {error}", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Environment;

    fn settings(variables: &[(&str, &str)]) -> Settings {
        let bare = Environment::in_folder("/nowhere");
        let environment = variables.iter().fold(bare, |all, (name, value)| all.with(name, value));
        Settings::read(&environment).unwrap()
    }

    /// A bundle with this manifest, and its executable.
    fn bundle(manifest: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::write(root.join("plugin.json"), manifest).unwrap();
        std::fs::create_dir_all(root.join("server/dist")).unwrap();
        let executable = root.join("server/dist/plugin");
        std::fs::write(&executable, "").unwrap();
        (folder, executable)
    }

    #[test]
    fn a_bundle_that_names_the_file_is_of_a_server_that_speaks_net_rpc() {
        for server in [
            r#"{"executable": "server/dist/plugin"}"#,
            r#"{"executables": {"linux-amd64": "./server/dist/../dist/plugin"}}"#,
        ] {
            let manifest = format!(r#"{{"id": "com.example", "server": {server}}}"#);
            let (_folder, executable) = bundle(&manifest);
            let chosen = choose(&settings(&[]), Some(&executable));
            assert_eq!(chosen.rpc, Rpc::NetRpc, "{server}");
            assert_eq!(chosen.plugin_id.as_deref(), Some("com.example"));
            assert!(chosen.because.contains("plugin.json"));
        }
    }

    #[test]
    fn a_bundle_that_names_another_file_says_nothing() {
        for server in [r#"{"executable": "server/other"}"#, r#"{"executable": ""}"#, "{}", "5"] {
            let manifest = format!(r#"{{"id": "com.example", "server": {server}}}"#);
            let (_folder, executable) = bundle(&manifest);
            assert_eq!(choose(&settings(&[]), Some(&executable)).rpc, Rpc::Grpc, "{server}");
        }
        assert_eq!(choose(&settings(&[]), None).rpc, Rpc::Grpc);
    }

    #[test]
    fn a_manifest_that_is_broken_is_the_reason_given() {
        let (folder, executable) = bundle("{");
        let chosen = choose(&settings(&[]), Some(&executable));
        assert_eq!(chosen.rpc, Rpc::Grpc);
        let path = folder.path().canonicalize().unwrap().join("plugin.json");
        let begin = format!("{} is not JSON: ", path.display());
        assert!(chosen.because.starts_with(&begin), "{}", chosen.because);
        assert!(chosen.because.ends_with("no other plugin.json names this file"));

        // One that names the file stands, whatever lies below it.
        let manifest = r#"{"id": "a", "server": {"executable": "server/dist/plugin"}}"#;
        let (_folder, executable) = bundle(manifest);
        std::fs::write(executable.with_file_name("plugin.json"), "{").unwrap();
        assert_eq!(choose(&settings(&[]), Some(&executable)).rpc, Rpc::NetRpc);
    }

    #[test]
    fn a_host_that_serves_its_api_over_grpc_and_the_operator_come_first() {
        let (_folder, executable) =
            bundle(r#"{"id": "a", "server": {"executable": "server/dist/plugin"}}"#);
        let target = ("MATTERMOST_PLUGIN_API_TARGET", "127.0.0.1:1");
        let chosen = choose(&settings(&[target]), Some(&executable));
        assert_eq!(chosen.rpc, Rpc::Grpc);
        let netrpc = ("HOOKWRIGHT_PROTOCOL", "netrpc");
        assert_eq!(choose(&settings(&[target, netrpc]), None).rpc, Rpc::NetRpc);
        let grpc = ("HOOKWRIGHT_PROTOCOL", "grpc");
        assert_eq!(choose(&settings(&[grpc]), Some(&executable)).rpc, Rpc::Grpc);
    }
}
