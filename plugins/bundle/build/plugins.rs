//! Which plugins there are: each dependency on a crate below the folder `plugins/` is one. The linker
//! drops a crate that nothing names, so naming it is not left to memory.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use toml::{Table, Value};

/// A plugin crate.
pub(crate) struct Plugin {
    /// As code names it.
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
}

pub(crate) fn of(here: &Table, workspace: &Table) -> Result<Vec<Plugin>> {
    let shared = workspace["workspace"].get("dependencies");
    let plugins_folder = fs::canonicalize("..")?;
    let mut plugins = Vec::new();
    for (name, on) in here["dependencies"].as_table().context("no dependencies")? {
        // The path stands here, or, for `workspace = true`, in the workspace's own list.
        let path = match path_of(Some(on)) {
            Some(path) => Some(Path::new(".").join(path)),
            None => path_of(shared.and_then(|shared| shared.get(name)))
                .map(|path| Path::new("../..").join(path)),
        };
        let Some(path) = path else { continue };
        let folder = fs::canonicalize(&path)
            .with_context(|| format!("the dependency `{name}`: {}", path.display()))?;
        if folder.starts_with(&plugins_folder) {
            plugins.push(Plugin { name: name.replace('-', "_"), folder });
        }
    }
    Ok(plugins)
}

/// The code that names them.
pub(crate) fn list(plugins: &[Plugin]) -> String {
    let names: Vec<&str> = plugins.iter().map(|plugin| plugin.name.as_str()).collect();
    let uses: String = names.iter().map(|name| format!("use ::{name} as _;\n")).collect();
    format!(
        "{uses}\n/// The plugin crates, so that the start can tell that none was dropped.\n\
         const PLUGINS: &[&str] = &{names:?};\n"
    )
}

fn path_of(dependency: Option<&Value>) -> Option<&str> {
    dependency?.get("path")?.as_str()
}
