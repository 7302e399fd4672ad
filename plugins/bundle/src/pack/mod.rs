//! `hookwright pack`: the bundle that a Mattermost server takes, of the running binary.

mod archive;
mod bundle;
mod check;
mod kind;
mod manifest;
mod out;
mod platform;
mod settings;
mod strip;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail, ensure};
use hookwright::Registry;

use self::archive::File;
pub(crate) use self::bundle::Bundle;
use self::manifest::Manifest;
use self::strip::Stripped;
use crate::output::{Fault, print, say};

/// A server would refuse the bundle.
const REFUSED: u8 = 1;

/// Make the bundle that a Mattermost server takes, or check one.
///
/// Exit code of a check: 0 a server would take it, 1 it would not, and each reason is a line, 2 there
/// is no such file.
#[derive(Debug, clap::Args)]
pub(crate) struct Pack {
    /// The file to write; one that is there is replaced [default: ID-VERSION.tar.gz].
    #[arg(long, value_name = "FILE", conflicts_with = "check")]
    out: Option<PathBuf>,
    /// Say what a server would refuse of this file, and make nothing.
    #[arg(long, value_name = "FILE")]
    check: Option<PathBuf>,
}

pub(crate) fn run(command: Pack, bundle: &Bundle, plugins: &[&str]) -> Result<ExitCode> {
    match command.check {
        Some(file) => check(&file),
        None => pack(command.out, bundle, plugins),
    }
}

fn check(path: &Path) -> Result<ExitCode> {
    let checked = check::bundle(open(path).map_err(Fault::usage)?, &platform::here());
    let name = path.display();
    match checked {
        Ok(found) => {
            print(format!("{name}: a server takes it: {found}.\n"))?;
            Ok(ExitCode::SUCCESS)
        }
        Err(faults) => {
            print(faults.iter().map(|fault| format!("{name}: {fault}\n")).collect::<String>())?;
            Ok(ExitCode::from(REFUSED))
        }
    }
}

/// Opens what is to be checked, which has a size and an end: a pipe may have neither.
fn open(path: &Path) -> Result<fs::File> {
    let name = || path.display().to_string();
    let found = fs::metadata(path).with_context(name)?;
    ensure!(found.is_file(), "{}: it is no regular file; expected a bundle", name());
    fs::File::open(path).with_context(name)
}

fn pack(out: Option<PathBuf>, bundle: &Bundle, plugins: &[&str]) -> Result<ExitCode> {
    let registry = Registry::collect(plugins)?;
    let platform = platform::here();
    let manifest = Manifest::of(bundle, registry.plugins(), &platform).map_err(Fault::usage)?;
    let (executable, symbols) = executable()?;

    let mut files: BTreeMap<_, _> =
        bundle.files.iter().map(|(path, data)| (*path, plain(data))).collect();
    files.insert("plugin.json", plain(manifest.text.as_bytes()));
    files.insert(&manifest.executable, File { data: &executable, is_executable: true });
    let archive = archive::write(&manifest.id, &files).context("the archive")?;
    let size = archive.len();
    if let Err(faults) = check::bytes(&archive, &platform) {
        bail!(Fault::usage(anyhow::anyhow!(
            "a server would refuse the bundle: {}",
            faults.join(" ")
        )));
    }

    let out = out.unwrap_or_else(|| format!("{}-{}.tar.gz", manifest.id, bundle.version).into());
    // Asked before: afterwards another file may have that name.
    let is_stdout = out::is_stdout(&out);
    out::write(&out, &archive).with_context(|| out.display().to_string())?;
    for note in &manifest.notes {
        say(format_args!("hookwright: {note}"));
    }
    let summary = format!(
        "{}: {} {} for {platform}, {}, with {} files and {} settings; {symbols}",
        out.display(),
        manifest.id,
        bundle.version,
        megabytes(size),
        files.len(),
        manifest.settings,
    );
    match is_stdout {
        // Behind the bundle it would be part of it.
        true => say(summary),
        false => print(format!("{summary}\n"))?,
    }
    Ok(ExitCode::SUCCESS)
}

fn plain(data: &[u8]) -> File<'_> {
    File { data, is_executable: false }
}

/// This program as it is packed, and what became of its symbols, in words.
fn executable() -> Result<(Vec<u8>, String)> {
    let path = std::env::current_exe().context("this program's own file")?;
    let executable = fs::read(&path).with_context(|| path.display().to_string())?;
    let before = executable.len();
    Ok(match strip::strip(&executable).with_context(|| path.display().to_string())? {
        Stripped::Without(stripped) if stripped.len() < before => {
            let said = format!(
                "the executable has been stripped of its symbols, {} of {}",
                megabytes(before - stripped.len()),
                megabytes(before)
            );
            (stripped, said)
        }
        Stripped::Without(_) => (executable, "the executable had no symbols to strip".to_owned()),
        Stripped::NotElf => (
            executable,
            "the executable has NOT been stripped: that is done to ELF files only".to_owned(),
        ),
    })
}

/// A number of bytes, as people read it.
fn megabytes(bytes: usize) -> String {
    format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10)
}
