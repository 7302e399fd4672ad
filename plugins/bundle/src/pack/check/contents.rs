//! What an archive has in it, as it would be on a server's disk.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};

use flate2::read::MultiGzDecoder;
use tar::{Archive, Entry, EntryType};

use super::Faults;
use super::path::below;

/// How much is kept of a file's beginning: enough to know a program by.
const HEAD: u64 = 64;
const LARGEST_MANIFEST: u64 = 1 << 20;
/// A server takes the first of these that there is.
const MANIFESTS: [&str; 3] = ["plugin.yml", "plugin.yaml", "plugin.json"];

/// A file.
pub(super) struct File {
    pub(super) mode: u32,
    pub(super) head: Vec<u8>,
    /// All of it, where it may be the manifest.
    text: Option<Vec<u8>>,
}

/// Files and folders by their path.
#[derive(Default)]
pub(super) struct Contents {
    files: BTreeMap<String, File>,
    folders: BTreeSet<String>,
}

impl Contents {
    /// Reads an archive to its end, or to where it is damaged.
    pub(super) fn read(file: impl Read, faults: &mut Faults) -> Result<Self, String> {
        let mut archive = Archive::new(MultiGzDecoder::new(file));
        let mut contents = Self::default();
        for entry in archive.entries().map_err(|error| damaged(&error))? {
            let mut entry = entry.map_err(|error| damaged(&error))?;
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            match contents.add(&name, &mut entry) {
                Ok(None) => {}
                Ok(Some(fault)) => faults.push(format!("`{}`: {fault}.", shown(&name))),
                Err(error) => return Err(format!("`{}`: {}", shown(&name), damaged(&error))),
            }
        }
        if contents.files.is_empty() && faults.is_empty() {
            return Err("it has no files; expected a tar archive of a plugin.".to_owned());
        }
        Ok(contents)
    }

    fn add(&mut self, name: &str, entry: &mut Entry<'_, impl Read>) -> io::Result<Option<String>> {
        let kind = entry.header().entry_type();
        // It tells of the whole archive, and servers pass over it.
        if kind == EntryType::XGlobalHeader {
            return Ok(None);
        }
        if !matches!(kind, EntryType::Regular | EntryType::Directory) {
            let kind = kind_of(kind);
            return Ok(Some(format!(
                "it is {kind}, which servers leave out; expected files and folders only"
            )));
        }
        let path = match below(name) {
            Ok(path) => path,
            Err(fault) => return Ok(Some(format!("{fault}; expected a path below that folder"))),
        };
        if let Some(file) = parents(&path).find(|parent| self.files.contains_key(*parent)) {
            return Ok(Some(format!("it is below `{file}`, which is a file; expected a folder")));
        }
        if kind == EntryType::Directory {
            return Ok(self.add_folder(path));
        }
        if path.is_empty() || self.folders.contains(&path) {
            return Ok(Some("it is a file, and a folder as well; expected one of them".to_owned()));
        }
        self.folders.extend(parents(&path).map(str::to_owned));
        let mode = entry.header().mode()?;
        let mut head = Vec::new();
        entry.take(HEAD).read_to_end(&mut head)?;
        let is_manifest = MANIFESTS.iter().any(|manifest| file_name(&path) == *manifest);
        let mut text = is_manifest.then(|| head.clone());
        if let Some(text) = &mut text {
            entry.take(LARGEST_MANIFEST).read_to_end(text)?;
        }
        io::copy(entry, &mut io::sink())?;
        let is_second = self.files.insert(path, File { mode, head, text }).is_some();
        let twice = "it is there twice, and servers take the last; expected it once";
        Ok(is_second.then(|| twice.to_owned()))
    }

    /// A server makes the folder, but not the ones that it is in.
    fn add_folder(&mut self, path: String) -> Option<String> {
        let is_missing = |parent: &&str| !self.folders.contains(*parent);
        if let Some(parent) = parents(&path).find(is_missing) {
            return Some(format!("it is a folder in `{parent}`, which has not come before it"));
        }
        if self.files.contains_key(&path) {
            return Some("it is a folder, and a file as well; expected one of them".to_owned());
        }
        if !path.is_empty() {
            self.folders.insert(path);
        }
        None
    }

    pub(super) fn files(&self) -> usize {
        self.files.len()
    }

    pub(super) fn file(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }

    /// The folder of the plugin: the one at the top if nothing is beside it, else the top itself.
    pub(super) fn root(&self) -> String {
        let is_at_top = |path: &&String| !path.contains('/');
        let mut folders = self.folders.iter().filter(is_at_top);
        match (folders.next(), folders.next(), self.files.keys().find(is_at_top)) {
            (Some(only), None, None) => only.clone(),
            _ => String::new(),
        }
    }

    /// The manifest's path and text.
    pub(super) fn manifest(&self, root: &str, faults: &mut Faults) -> Option<(String, &[u8])> {
        let path =
            |name: &str| if root.is_empty() { name.to_owned() } else { format!("{root}/{name}") };
        let there: Vec<_> =
            MANIFESTS.iter().filter(|name| self.files.contains_key(&path(name))).collect();
        match there[..] {
            [&"plugin.json"] => {
                let path = path("plugin.json");
                let file = self.files.get(&path)?;
                if file.mode & 0o400 == 0 {
                    faults.push(format!("`{path}`: its owner, the server, may not read it."));
                }
                Some((path, file.text.as_deref()?))
            }
            [] => {
                let place = if root.is_empty() { "at its top" } else { "in its one folder" };
                faults.push(format!("it has no manifest; expected a `plugin.json` {place}."));
                None
            }
            [one] => {
                let name = path(one);
                faults.push(format!(
                    "`{name}`: expected `plugin.json`, which is what the plugin reads."
                ));
                None
            }
            _ => {
                let all: Vec<String> =
                    there.iter().map(|name| format!("`{}`", path(name))).collect();
                let all = all.join(" and ");
                faults
                    .push(format!("it has more than one manifest, {all}; expected `plugin.json`."));
                None
            }
        }
    }
}

/// The folders that a path is in, the outermost first.
fn parents(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(index, _)| &path[..index])
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A name as it may be printed: it is a stranger's.
pub(super) fn shown(name: &str) -> String {
    let shown: String = name.chars().take(200).collect();
    shown.escape_debug().to_string()
}

pub(super) fn damaged(error: &io::Error) -> String {
    format!("it is no tar archive, or one that is damaged or cut off: {error}.")
}

fn kind_of(kind: EntryType) -> &'static str {
    match kind {
        EntryType::Symlink => "a symbolic link",
        EntryType::Link => "a hard link",
        EntryType::Block | EntryType::Char => "a device",
        EntryType::Fifo => "a pipe",
        EntryType::GNUSparse => "a file with holes",
        _ => "of an unknown kind",
    }
}
