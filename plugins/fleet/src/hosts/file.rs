//! The hosts file: what is in it, and how it is replaced.

use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::store::Host;

/// What the name of a temporary file ends with.
const TEMPORARY: &str = ".tmp";

/// Where the hosts file is, and what it is called.
#[derive(Debug, Clone)]
pub(super) struct HostsPath {
    folder: PathBuf,
    path: PathBuf,
    /// What the names of its temporary files begin with.
    prefix: String,
}

/// Why it is not replaced for good.
#[derive(Debug)]
pub(super) enum Fault {
    /// It has not been replaced.
    AsItWas(io::Error),
    /// It has been, but the folder is not on the disk yet.
    NotSynced(io::Error),
}

impl HostsPath {
    pub(super) fn new(path: &Path) -> Self {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Self {
            folder: folder.unwrap_or(Path::new(".")).to_owned(),
            path: path.to_owned(),
            // Who watches the folder does not take a hidden file for a list of hosts.
            prefix: format!(".{name}."),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Puts a whole new file in the place of what is there, so that it survives a loss of power.
    pub(super) fn replace(&self, content: &[u8]) -> Result<(), Fault> {
        // What can fail of this is to fail before the file is replaced.
        let folder = File::open(&self.folder).map_err(Fault::AsItWas)?;
        self.rename_into_place(content).map_err(Fault::AsItWas)?;
        folder.sync_all().map_err(Fault::NotSynced)
    }

    fn rename_into_place(&self, content: &[u8]) -> io::Result<()> {
        let mut file = tempfile::Builder::new()
            .prefix(&self.prefix)
            .suffix(TEMPORARY)
            .permissions(Permissions::from_mode(0o644))
            .tempfile_in(&self.folder)?;
        // Whoever resolves names reads it, whatever this process is told to keep from others.
        file.as_file().set_permissions(Permissions::from_mode(0o644))?;
        file.write_all(content)?;
        file.as_file().sync_all()?;
        file.persist(&self.path).map_err(|error| error.error)?;
        Ok(())
    }

    /// Removes what a process that was killed has left.
    pub(super) fn remove_temporary_files(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with(&self.prefix) && name.ends_with(TEMPORARY) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}

/// A line for each host, in the order of lines, below one that says how many they are.
pub(super) fn render(hosts: &[Host], domain: &str) -> Vec<u8> {
    let mut lines: Vec<String> =
        hosts.iter().map(|host| format!("{} {}.{domain}\n", host.address, host.name)).collect();
    lines.sort_unstable();
    let length = lines.iter().map(String::len).sum::<usize>();
    let mut content = Vec::with_capacity(length + 64);
    content.extend_from_slice(format!("# {} hosts, by hookwright fleet\n", hosts.len()).as_bytes());
    for line in lines {
        content.extend_from_slice(line.as_bytes());
    }
    content
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(address: &str, name: &str) -> Host {
        Host { address: address.parse().unwrap(), name: name.to_owned() }
    }

    #[test]
    fn each_host_has_a_line_and_the_lines_are_sorted() {
        let content = render(&[host("fd00::2", "db.lab"), host("fd00::1", "web.lab")], "internal");
        assert_eq!(
            String::from_utf8(content).unwrap(),
            "# 2 hosts, by hookwright fleet\nfd00::1 web.lab.internal\nfd00::2 db.lab.internal\n"
        );
    }

    #[test]
    fn a_fleet_of_nobody_is_no_empty_file() {
        assert_eq!(render(&[], "internal"), b"# 0 hosts, by hookwright fleet\n");
    }

    #[test]
    fn the_file_is_replaced_and_nothing_else_is_left_in_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let hosts = HostsPath::new(&folder.path().join("hosts"));
        for content in [&b"1"[..], b"22"] {
            hosts.replace(content).unwrap();
            assert_eq!(fs::read(hosts.path()).unwrap(), content);
        }
        let mode = fs::metadata(hosts.path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o644, "whoever resolves names can read it");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_a_killed_process_left_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        for name in [".hosts.aB3.tmp", ".hosts2.x.tmp", "hosts", ".hosts.old", "x.tmp"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        HostsPath::new(&folder.path().join("hosts")).remove_temporary_files().unwrap();
        let mut left: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, [".hosts.old", ".hosts2.x.tmp", "hosts", "x.tmp"]);
    }
}
