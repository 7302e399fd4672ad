//! Gives all programs of this package the same build id: a digest of what they are made of.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

/// What the measured programs are made of, below the root of the workspace.
const SOURCES: [&str; 6] = ["Cargo.toml", "Cargo.lock", "proto", "hooks", "runtime", "tests/bench"];
/// How it is compiled.
const SETTINGS: [&str; 6] =
    ["PROFILE", "OPT_LEVEL", "DEBUG", "TARGET", "RUSTC", "CARGO_ENCODED_RUSTFLAGS"];
const PROFILE_OPTIONS: [&str; 8] = [
    "CODEGEN_UNITS",
    "DEBUG",
    "DEBUG_ASSERTIONS",
    "INCREMENTAL",
    "LTO",
    "OPT_LEVEL",
    "OVERFLOW_CHECKS",
    "PANIC",
];

fn main() -> Result<()> {
    let package = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").context("no package")?);
    let root = package.ancestors().nth(2).context("the package is in no workspace")?;
    let mut digest = Sha256::new();
    for source in SOURCES {
        println!("cargo::rerun-if-changed={}", root.join(source).display());
        add(&mut digest, &root.join(source))?;
    }
    for setting in SETTINGS {
        println!("cargo::rerun-if-env-changed={setting}");
        digest.update(std::env::var(setting).unwrap_or_default());
        digest.update([0]);
    }
    // What else cargo is told about the profile, such as `CARGO_PROFILE_RELEASE_LTO`.
    let profile = match std::env::var("PROFILE")?.as_str() {
        "debug" => "CARGO_PROFILE_DEV_".to_owned(),
        other => format!("CARGO_PROFILE_{}_", other.to_uppercase()),
    };
    for option in PROFILE_OPTIONS {
        println!("cargo::rerun-if-env-changed={profile}{option}");
        digest.update(std::env::var(format!("{profile}{option}")).unwrap_or_default());
        digest.update([0]);
    }
    digest.update(compiler()?);
    let level = std::env::var("OPT_LEVEL")?;
    println!("cargo::rustc-env=HOOKWRIGHT_BENCH_OPT_LEVEL={level}");
    let id: String = digest.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    println!("cargo::rustc-env=HOOKWRIGHT_BENCH_BUILD={id}");
    Ok(())
}

/// Which compiler it is, down to the commit.
fn compiler() -> Result<Vec<u8>> {
    let rustc = std::env::var_os("RUSTC").context("no compiler")?;
    Ok(Command::new(rustc).arg("-vV").output().context("asking the compiler")?.stdout)
}

/// Adds a file, or all files of a folder, in an order that does not depend on the file system.
fn add(digest: &mut Sha256, path: &Path) -> Result<()> {
    // What was built there is made of the rest.
    if path.file_name().is_some_and(|name| name == "target") {
        return Ok(());
    }
    if path.is_dir() {
        let entries = fs::read_dir(path).with_context(|| path.display().to_string())?;
        let mut below: Vec<_> = entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
        below.sort();
        return below.iter().try_for_each(|path| add(digest, path));
    }
    digest.update(path.file_name().unwrap_or_default().as_encoded_bytes());
    digest.update(fs::read(path).with_context(|| path.display().to_string())?);
    digest.update([0]);
    Ok(())
}
