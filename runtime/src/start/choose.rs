//! Which protocol is spoken with the host, and why.

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
    pub because: &'static str,
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
    let bundle = executable.and_then(Bundle::of);
    let (rpc, because) = match (settings.protocol, &bundle) {
        (Some(rpc), _) => (rpc, "HOOKWRIGHT_PROTOCOL says so"),
        (None, _) if settings.api_target.is_some() => {
            (Rpc::Grpc, "MATTERMOST_PLUGIN_API_TARGET is set")
        }
        (None, Some(_)) => {
            (Rpc::NetRpc, "plugin.json of the bundle names this file as the server's executable")
        }
        (None, None) => (Rpc::Grpc, "no plugin.json names this file, and nothing else is said"),
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
    /// The bundle whose manifest names a file as its executable.
    fn of(executable: &Path) -> Option<Self> {
        let folders = executable.parent()?.ancestors().take(HIGHEST);
        folders.filter_map(|folder| Self::naming(executable, folder)).next()
    }

    fn naming(executable: &Path, folder: &Path) -> Option<Self> {
        let manifest = std::fs::read(folder.join("plugin.json")).ok()?;
        let manifest: Value = serde_json::from_slice(&manifest).ok()?;
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
