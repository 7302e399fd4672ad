//! Where the bundle is written to.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

/// Writes to a path: a file as a whole, and into what is none, such as a device or a pipe. Links are
/// followed, and stay.
pub(super) fn write(path: &Path, data: &[u8]) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(found) if found.is_file() => replace(&fs::canonicalize(path)?, data),
        Ok(_) => OpenOptions::new().write(true).open(path)?.write_all(data),
        // The link leads to where nothing is yet: the system makes it there.
        Err(error) if error.kind() == ErrorKind::NotFound && path.is_symlink() => {
            fs::write(path, data)
        }
        Err(error) if error.kind() == ErrorKind::NotFound => replace(path, data),
        Err(error) => Err(error),
    }
}

/// Who finds the file finds all of it.
fn replace(path: &Path, data: &[u8]) -> io::Result<()> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let written = fs::write(&partial, data).and_then(|()| fs::rename(&partial, path));
    if written.is_err() {
        let _ = fs::remove_file(&partial);
    }
    written
}
