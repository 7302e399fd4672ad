//! `plugin.json`, which lies in a plugin's folder and says who it is.

use std::io;
use std::path::Path;

use serde_json::Value;

use super::error::Fault;

/// The part of the manifest that matters here.
#[derive(Debug)]
pub(super) struct Manifest {
    /// The plugin's id.
    pub(super) id: String,
}

impl Manifest {
    /// Reads the manifest in a folder, if there is one.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>, Fault> {
        let path = folder.join("plugin.json");
        let fault = |problem| Fault::File { path: path.clone(), line: None, problem };
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(fault(format!("cannot be read: {error}"))),
        };
        let manifest: Value = serde_json::from_slice(&bytes)
            .map_err(|error| fault(format!("is not JSON: {error}")))?;
        match manifest.get("id").and_then(Value::as_str) {
            Some(id) if !id.is_empty() => Ok(Some(Self { id: id.to_owned() })),
            _ => Err(fault("expected a text as `id`".to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(manifest: &str) -> Result<Option<String>, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("plugin.json"), manifest).unwrap();
        let read = Manifest::read(folder.path());
        read.map(|manifest| manifest.map(|manifest| manifest.id)).map_err(|fault| fault.to_string())
    }

    #[test]
    fn the_id_is_read_whatever_else_there_is() {
        let manifest = r#"{"name": "Example", "id": "com.example", "server": {"executable": "x"}}"#;
        assert_eq!(read(manifest), Ok(Some("com.example".to_owned())));
    }

    #[test]
    fn a_folder_without_manifest_has_none() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Manifest::read(folder.path()).unwrap().is_none());
    }

    #[test]
    fn a_manifest_without_a_text_as_id_is_refused_by_its_path() {
        for manifest in
            ["", "not JSON", "[]", "null", r#"["x"]"#, "{}", r#"{"id": 5}"#, r#"{"id": ""}"#]
        {
            let error = read(manifest).unwrap_err();
            assert!(error.contains("/plugin.json: "), "{error}");
            assert!(!error.contains('\n'), "{error}");
        }
    }

    #[test]
    fn a_manifest_that_cannot_be_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("plugin.json")).unwrap();
        let error = Manifest::read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("/plugin.json: cannot be read"), "{error}");
    }
}
