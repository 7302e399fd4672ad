//! Makes the list of plugins from the manifest: each dependency on a crate of the folder `plugins/`
//! is one. The linker drops a crate that nothing names, so naming it is not left to memory.

use std::path::Path;
use std::{env, fs};

use anyhow::{Context as _, Result};

fn main() -> Result<()> {
    println!("cargo::rerun-if-changed=Cargo.toml");
    let manifest: toml::Table = fs::read_to_string("Cargo.toml")?.parse()?;
    let dependencies = manifest["dependencies"].as_table().context("no dependencies")?;
    let plugins: Vec<String> = dependencies
        .iter()
        .filter(|(_, on)| on.get("path").and_then(|path| path.as_str()).is_some_and(is_plugin))
        .map(|(name, _)| name.replace('-', "_"))
        .collect();
    let uses: String = plugins.iter().map(|plugin| format!("use {plugin} as _;\n")).collect();
    let list = format!(
        "{uses}\n/// The plugin crates, so that the start can tell that none was dropped.\n\
         const PLUGINS: &[&str] = &{plugins:?};\n"
    );
    let out = env::var_os("OUT_DIR").context("OUT_DIR is not set")?;
    Ok(fs::write(Path::new(&out).join("plugins.rs"), list)?)
}

/// A folder beside this one.
fn is_plugin(path: &str) -> bool {
    path.strip_prefix("../").is_some_and(|folder| !folder.contains('/'))
}
