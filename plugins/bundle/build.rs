//! Makes the list of plugins from the manifest, and what is known of the bundle that they are in.

#[path = "build/bundle.rs"]
mod bundle;
#[path = "build/plugins.rs"]
mod plugins;

use std::path::Path;
use std::{env, fs};

use anyhow::{Context as _, Result};
use toml::Table;

fn main() -> Result<()> {
    println!("cargo::rerun-if-changed=Cargo.toml");
    println!("cargo::rerun-if-changed=../../Cargo.toml");
    let here: Table = fs::read_to_string("Cargo.toml")?.parse()?;
    let workspace: Table = fs::read_to_string("../../Cargo.toml")?.parse()?;
    let plugins = plugins::of(&here, &workspace)?;
    let out = env::var_os("OUT_DIR").context("OUT_DIR is not set")?;
    let list = plugins::list(&plugins);
    let bundle = bundle::code(&here, &plugins)?;
    Ok(fs::write(Path::new(&out).join("plugins.rs"), format!("{list}\n{bundle}"))?)
}
