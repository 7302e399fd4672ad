//! Where the bundle is written to.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

/// The mode that a file is made with, less what the process's umask takes away.
const NEW: u32 = 0o666;

/// Writes to a path: a file as a whole, and into what is none, such as a device or a pipe. Links are
/// followed, and stay.
pub(super) fn write(path: &Path, data: &[u8]) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(found) if found.is_file() => {
            replace(&fs::canonicalize(path)?, Some(found.permissions()), data)
        }
        Ok(_) => OpenOptions::new().write(true).open(path)?.write_all(data),
        // The link leads to where nothing is yet: the system makes it there.
        Err(error) if error.kind() == ErrorKind::NotFound && path.is_symlink() => {
            fs::write(path, data)
        }
        Err(error) if error.kind() == ErrorKind::NotFound => replace(path, None, data),
        Err(error) => Err(error),
    }
}

/// Whether a path leads to where this process's stdout goes.
pub(super) fn is_stdout(path: &Path) -> bool {
    let stdout = io::stdout().as_fd().try_clone_to_owned().map(File::from);
    match (stdout.and_then(|stdout| stdout.metadata()), fs::metadata(path)) {
        (Ok(stdout), Ok(out)) => (stdout.dev(), stdout.ino()) == (out.dev(), out.ino()),
        _ => false,
    }
}

/// Who finds the file finds all of it, and who might not read the one before may not read this one.
fn replace(path: &Path, before: Option<Permissions>, data: &[u8]) -> io::Result<()> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let write = || {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        options.mode(before.as_ref().map_or(NEW, |before| before.mode()));
        let mut file = options.open(&partial)?;
        if let Some(before) = &before {
            // Whatever the umask says, and whatever a file has that was left there.
            file.set_permissions(before.clone())?;
        }
        file.write_all(data)?;
        fs::rename(&partial, path)
    };
    let written = write();
    if written.is_err() {
        let _ = fs::remove_file(&partial);
    }
    written
}
