//! Makes the list of plugins from the manifest: each dependency on a crate below the folder `plugins/`
//! is one. The linker drops a crate that nothing names, so naming it is not left to memory.

use std::path::Path;
use std::{env, fs};

use anyhow::{Context as _, Result};
use toml::{Table, Value};

fn main() -> Result<()> {
    println!("cargo::rerun-if-changed=Cargo.toml");
    println!("cargo::rerun-if-changed=../../Cargo.toml");
    let here: Table = fs::read_to_string("Cargo.toml")?.parse()?;
    let workspace: Table = fs::read_to_string("../../Cargo.toml")?.parse()?;
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
        if let Some(path) = path
            && fs::canonicalize(&path)
                .with_context(|| format!("the dependency `{name}`: {}", path.display()))?
                .starts_with(&plugins_folder)
        {
            plugins.push(name.replace('-', "_"));
        }
    }
    let uses: String = plugins.iter().map(|plugin| format!("use ::{plugin} as _;\n")).collect();
    let list = format!(
        "{uses}\n/// The plugin crates, so that the start can tell that none was dropped.\n\
         const PLUGINS: &[&str] = &{plugins:?};\n"
    );
    let out = env::var_os("OUT_DIR").context("OUT_DIR is not set")?;
    Ok(fs::write(Path::new(&out).join("plugins.rs"), list)?)
}

fn path_of(dependency: Option<&Value>) -> Option<&str> {
    dependency?.get("path")?.as_str()
}
