//! Bundles made by hand, as good and as bad as a test wants them.

#![allow(dead_code, reason = "each test binary makes some of them")]

use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use hookwright_tests::{Output, run};
use serde_json::{Value, json};
use tar::{Builder, EntryType, Header};

use crate::program::hookwright;

/// A program of Linux on this machine, as far as its beginning tells.
pub(crate) fn program() -> Vec<u8> {
    let mut program = b"\x7fELF\x02\x01\x01".to_vec();
    program.resize(18, 0);
    program.extend(if cfg!(target_arch = "aarch64") { 183_u16 } else { 62 }.to_le_bytes());
    program.resize(64, 0);
    program
}

/// The platform of this machine, as Go names it.
pub(crate) const PLATFORM: &str =
    if cfg!(target_arch = "aarch64") { "linux-arm64" } else { "linux-amd64" };

/// A manifest that a server takes.
pub(crate) fn manifest() -> Value {
    json!({
        "id": "com.example.one",
        "name": "One",
        "version": "1.2.3",
        "server": { "executables": { PLATFORM: "server/plugin" } },
    })
}

/// An archive under way.
pub(crate) struct Archive(Builder<Vec<u8>>);

impl Archive {
    pub(crate) fn new() -> Self {
        Self(Builder::new(Vec::new()))
    }

    /// One that a server takes, but for its manifest perhaps.
    pub(crate) fn of(manifest: &Value) -> Self {
        let text = serde_json::to_vec(manifest).expect("JSON");
        Self::new().file("one/plugin.json", 0o644, &text).file(
            "one/server/plugin",
            0o755,
            &program(),
        )
    }

    pub(crate) fn file(self, path: &str, mode: u32, data: &[u8]) -> Self {
        self.entry(EntryType::Regular, path, mode, data)
    }

    /// An entry whose path is written as it is, wherever it leads.
    pub(crate) fn entry(mut self, kind: EntryType, path: &str, mode: u32, data: &[u8]) -> Self {
        let mut header = Header::new_gnu();
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_size(data.len() as u64);
        header.as_mut_bytes()[..path.len()].copy_from_slice(path.as_bytes());
        if kind.is_symlink() || kind.is_hard_link() {
            header.set_link_name("/etc/passwd").expect("a name");
        }
        header.set_cksum();
        self.0.append(&header, data).expect("an entry");
        self
    }

    pub(crate) fn tar(self) -> Vec<u8> {
        self.0.into_inner().expect("an archive")
    }

    pub(crate) fn gzip(self) -> Vec<u8> {
        gzip(&self.tar())
    }
}

pub(crate) fn gzip(data: &[u8]) -> Vec<u8> {
    let mut compressed = GzEncoder::new(Vec::new(), Compression::fast());
    compressed.write_all(data).expect("compressed");
    compressed.finish().expect("compressed")
}

/// What `pack --check` says of a file.
pub(crate) async fn check(path: &Path) -> Output {
    run(hookwright(&["pack", "--check", path.to_str().expect("UTF-8")])).await
}

/// The reasons that `pack --check` has against these bytes, without the file's name before each.
pub(crate) async fn refused(bytes: &[u8]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let path: PathBuf = folder.path().join("x.tar.gz");
    std::fs::write(&path, bytes).expect("written");
    let ended = check(&path).await;
    let begin = format!("{}: ", path.display());
    let reasons: Vec<String> = ended
        .stdout
        .lines()
        .map(|line| line.strip_prefix(&begin).unwrap_or_else(|| panic!("{line}")).to_owned())
        .collect();
    assert_eq!((ended.code(), ended.stderr.as_str()), (Some(1), ""), "{reasons:?}");
    assert!(!reasons.is_empty());
    assert!(reasons.iter().all(|reason| reason.ends_with('.')), "each is a sentence: {reasons:?}");
    reasons
}
