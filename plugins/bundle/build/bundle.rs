//! What `hookwright pack` is told at build time: what the bundle calls itself, and its files.
//!
//! The files are those in the folders `bundle/` of the plugins and of this crate. They are part of the
//! binary, so that it packs the same bundle wherever it lies.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use toml::{Table, Value};

use crate::plugins::Plugin;

/// What may stand in `[package.metadata.bundle]`.
const KEYS: [&str; 9] = [
    "id",
    "name",
    "description",
    "homepage_url",
    "support_url",
    "release_notes_url",
    "min_server_version",
    "settings_header",
    "settings_footer",
];

/// Why a link is refused.
const LINK: &str =
    "is a symbolic link, and a bundle has files: put a copy of what it leads to there";

/// The code of the constant `BUNDLE`.
pub(crate) fn code(here: &Table, plugins: &[Plugin]) -> Result<String> {
    let empty = Table::new();
    let metadata = here["package"].get("metadata").and_then(|metadata| metadata.get("bundle"));
    let metadata = metadata.and_then(Value::as_table).unwrap_or(&empty);
    for (key, value) in metadata {
        let all = KEYS.join(", ");
        ensure!(KEYS.contains(&key.as_str()), "metadata.bundle: `{key}` is none of {all}");
        ensure!(value.is_str(), "metadata.bundle: `{key}` is not a text");
    }
    let text = |key: &str| format!("{:?}", metadata.get(key).and_then(Value::as_str));
    let fields: String = KEYS.iter().map(|key| format!("    {key}: {},\n", text(key))).collect();
    let files = files(plugins)?;
    let files: String = files
        .iter()
        .map(|(name, path)| format!("        ({name:?}, include_bytes!({path:?})),\n"))
        .collect();
    Ok(format!(
        "/// The bundle that this binary is packed into.\n\
         const BUNDLE: pack::Bundle = pack::Bundle {{\n{fields}    \
         version: env!(\"CARGO_PKG_VERSION\"),\n    files: &[\n{files}    ],\n}};\n"
    ))
}

/// The files, by their path in the bundle.
fn files(plugins: &[Plugin]) -> Result<BTreeMap<String, PathBuf>> {
    let mut files = BTreeMap::new();
    let own = fs::canonicalize(".")?;
    for folder in plugins.iter().map(|plugin| &plugin.folder).chain([&own]) {
        let root = folder.join("bundle");
        // What a link leads to may lie outside of the repository, and would be sent to servers.
        ensure!(!root.is_symlink(), "{}: it {LINK}", root.display());
        // A folder that comes to be changes the one that it is in.
        let watched = if root.is_dir() { &root } else { folder };
        println!("cargo::rerun-if-changed={}", watched.display());
        if root.is_dir() {
            collect(&root, "", &mut files)?;
        }
    }
    Ok(files)
}

fn collect(folder: &Path, below: &str, files: &mut BTreeMap<String, PathBuf>) -> Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.with_context(|| format!("{}: the name is not UTF-8", path.display()))?;
        let name = format!("{below}{name}");
        if name.rsplit('/').next().is_some_and(|last| last.starts_with('.')) {
            continue;
        }
        let kind = entry.file_type()?;
        ensure!(!kind.is_symlink(), "{}: it {LINK}", path.display());
        if kind.is_dir() {
            collect(&path, &format!("{name}/"), files)?;
            continue;
        }
        ensure!(kind.is_file(), "{}: it is neither a file nor a folder", path.display());
        let is_ours = name.starts_with("server/") || name.starts_with("plugin.");
        ensure!(!is_ours, "{}: a bundle's `{name}` is made by `pack`", path.display());
        if let Some(other) = files.insert(name, path.clone()) {
            bail!("{} and {} would be one file of the bundle", other.display(), path.display());
        }
    }
    Ok(())
}
