//! Turns `protos/` into Rust: messages, services, their redacted `Debug` and the API's method table.

#[path = "build/api.rs"]
mod api;
#[path = "build/code.rs"]
mod code;
#[path = "build/descriptors.rs"]
mod descriptors;
#[path = "build/kinds.rs"]
mod kinds;
#[path = "build/names.rs"]
mod names;
#[path = "build/redact.rs"]
mod redact;
#[path = "build/topics.rs"]
mod topics;

use std::{env, fs, path::PathBuf};

use anyhow::{Context, Result};

fn main() -> Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=protos");
    let out = PathBuf::from(env::var_os("OUT_DIR").context("OUT_DIR is not set")?);

    let set = descriptors::compile()?;
    let code::Packages { mut mattermost, go_plugin, health, events, fleet, hooks } =
        code::generate(&set)?;
    mattermost.push_str(&redact::debug_impls(&set)?);
    mattermost.push_str(&api::reply_impls(&set));

    fs::write(out.join("mattermost.rs"), mattermost)?;
    fs::write(out.join("go_plugin.rs"), go_plugin)?;
    fs::write(out.join("health.rs"), health)?;
    fs::write(out.join("events.rs"), events)?;
    fs::write(out.join("fleet.rs"), fleet)?;
    fs::write(out.join("hooks.rs"), hooks)?;
    fs::write(out.join("secret_fields.rs"), redact::secret_fields())?;
    fs::write(out.join("api.rs"), api::method_table(&set)?)?;
    fs::write(out.join("descriptors.bin"), descriptors::encode(set))?;
    Ok(())
}
