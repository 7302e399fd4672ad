//! A file that has each event as a line.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The file. It is opened for each event, so that it may be moved away at any time.
#[derive(Debug)]
pub struct AuditFile {
    path: PathBuf,
    /// One line at a time.
    writing: Mutex<()>,
}

impl AuditFile {
    /// Appends to this file; it is made where there is none.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), writing: Mutex::new(()) }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends a line, whole or not at all.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn append(&self, document: &[u8]) -> io::Result<()> {
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut file = OpenOptions::new().create(true).read(true).append(true).open(&self.path)?;
        let length = file.metadata()?.len();
        let mut line = Vec::with_capacity(document.len() + 2);
        // What a process that was killed has left half written stays a line of its own.
        if !ends_with_line(&mut file, length)? {
            line.push(b'\n');
        }
        line.extend_from_slice(document);
        line.push(b'\n');
        file.write_all(&line).inspect_err(|_| {
            // On a full disk: what was written of it is taken back, and the error is what counts.
            let _ = file.set_len(length);
        })
    }
}

fn ends_with_line(file: &mut File, length: u64) -> io::Result<bool> {
    // A pipe or a device has no length, and cannot be read back.
    if length == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::Start(length - 1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_event_is_a_line_also_behind_half_a_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.jsonl");
        let audit = AuditFile::new(&path);
        audit.append(b"{\"a\":1}").unwrap();
        audit.append(b"{\"a\":2}").unwrap();
        std::fs::write(&path, "{\"a\":1}\n{\"a\":").unwrap();
        audit.append(b"{\"a\":3}").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{\"a\":1}\n{\"a\":\n{\"a\":3}\n");
    }

    #[test]
    fn a_file_that_was_moved_away_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.jsonl");
        let audit = AuditFile::new(&path);
        audit.append(b"1").unwrap();
        std::fs::rename(&path, folder.path().join("audit.jsonl.1")).unwrap();
        audit.append(b"2").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "2\n");
    }

    #[test]
    fn what_a_full_disk_did_not_take_is_an_error() {
        let full = AuditFile::new(Path::new("/dev/full"));
        assert_eq!(full.append(b"{}").unwrap_err().kind(), io::ErrorKind::StorageFull);
    }
}
