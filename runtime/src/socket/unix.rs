//! Unix sockets, and the files that they leave in the file system.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::net::UnixSocket;

use super::{BACKLOG, BindError, Listener};

/// The most bytes of a path that fit into the system's address, beside the zero that ends them.
const LONGEST: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// How often another name is tried. One in 2^64 is taken; more means that something is odd.
const ATTEMPTS: usize = 8;

/// The file of a unix socket. Dropping it removes the file, if it is still the one that was made.
#[derive(Debug)]
pub struct SocketFile {
    name: String,
}

/// A file as it was made: its device and its inode.
type Identity = (u64, u64);

/// The files that there are, for a process that ends without dropping anything.
static FILES: Mutex<BTreeMap<String, Identity>> = Mutex::new(BTreeMap::new());

/// Removes the files of all sockets of this process.
pub(crate) fn remove_socket_files() {
    for (name, identity) in std::mem::take(&mut *files()) {
        remove(&name, identity);
    }
}

fn files() -> MutexGuard<'static, BTreeMap<String, Identity>> {
    FILES.lock().unwrap_or_else(PoisonError::into_inner)
}

fn remove(name: &str, identity: Identity) {
    // Somebody may have put another socket in its place, which is not ours to remove.
    if device_and_inode(name).ok() == Some(identity) {
        // If it cannot be removed there is nobody left to tell.
        let _ = fs::remove_file(name);
    }
}

impl SocketFile {
    fn made_at(name: String) -> io::Result<Self> {
        let identity = device_and_inode(&name)?;
        files().insert(name.clone(), identity);
        Ok(Self { name })
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        Path::new(&self.name)
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        let identity = files().remove(&self.name);
        if let Some(identity) = identity {
            remove(&self.name, identity);
        }
    }
}

fn device_and_inode(name: &str) -> io::Result<Identity> {
    fs::symlink_metadata(name).map(|metadata| (metadata.dev(), metadata.ino()))
}

/// Makes a socket in a folder, under a name that nothing else has.
pub(super) fn in_folder(folder: &Path, group: Option<&str>) -> Result<Listener, BindError> {
    let group = group.map(group_id).transpose()?;
    let mut attempts = ATTEMPTS;
    loop {
        attempts -= 1;
        // The keys of a hasher are the random numbers that the standard library has.
        let name = format!("plugin{:016x}", RandomState::new().build_hasher().finish());
        match make(&folder.join(name), group) {
            Err(BindError::Path { source, .. })
                if source.kind() == io::ErrorKind::AddrInUse && attempts > 0 => {}
            // Nobody chose the name: it is the folder that is wrong.
            Err(BindError::Path { source, .. }) => {
                return Err(BindError::Folder { folder: folder.to_owned(), source });
            }
            made => return made,
        }
    }
}

/// Makes a socket at a path.
pub(super) fn at(path: &Path) -> Result<Listener, BindError> {
    make(path, None)
}

fn make(path: &Path, group: Option<u32>) -> Result<Listener, BindError> {
    // Whoever reads the handshake may be in another folder.
    let path = std::path::absolute(path)
        .map_err(|source| BindError::Path { path: path.to_owned(), source })?;
    let name = match path.to_str() {
        Some(name) if !name.contains(|c: char| c == '|' || c.is_control()) => name.to_owned(),
        _ => return Err(BindError::PathNotSayable { path }),
    };
    if name.len() > LONGEST {
        return Err(BindError::PathTooLong { path, length: name.len(), most: LONGEST });
    }

    let at_path = |source| BindError::Path { path: path.clone(), source };
    let socket = UnixSocket::new_stream().map_err(at_path)?;
    socket.bind(&path).map_err(at_path)?;
    let file = SocketFile::made_at(name).map_err(at_path)?;
    // Before it listens, nobody can connect: there is no moment at which too many might.
    allow(&path, group).map_err(|source| BindError::Permissions { path: path.clone(), source })?;
    let listener = socket.listen(BACKLOG).map_err(at_path)?;
    Ok(Listener::Unix(listener, file))
}

/// Lets the owner, and the group if there is one, use the socket.
fn allow(path: &Path, group: Option<u32>) -> io::Result<()> {
    if group.is_some() {
        chown(path, None, group)?;
    }
    let mode = if group.is_some() { 0o660 } else { 0o600 };
    fs::set_permissions(path, Permissions::from_mode(mode))
}

/// The number of a group, given as that or by name.
fn group_id(group: &str) -> Result<u32, BindError> {
    // Only groups of this machine: those of a directory service have to be given by number.
    let known = || fs::read_to_string("/etc/group").ok();
    let number = group.parse().ok().or_else(|| find_group(&known()?, group));
    // To the system the greatest number means "leave it as it is".
    number
        .filter(|&number| number != u32::MAX)
        .ok_or_else(|| BindError::NoSuchGroup { group: group.to_owned() })
}

/// Finds a group among lines of `name:password:number:members`.
fn find_group(groups: &str, name: &str) -> Option<u32> {
    groups.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some(name)).then(|| fields.nth(1)?.parse().ok())?
    })
}

#[cfg(test)]
mod tests;
