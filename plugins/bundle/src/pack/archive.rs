//! The archive: the same files give the same bytes.

use std::collections::BTreeMap;
use std::io::Write;

use flate2::{Compression, GzBuilder};
use tar::{Builder, EntryType, Header};

/// The first second of the year 2000. An archive that tells when it was made is another each time.
const MODIFIED: u64 = 946_684_800;

/// A file of the bundle.
pub(super) struct File<'f> {
    pub(super) data: &'f [u8],
    pub(super) is_executable: bool,
}

/// Writes the files, by their path, below one folder, as Mattermost's own plugins are packed.
pub(super) fn write(folder: &str, files: &BTreeMap<&str, File<'_>>) -> std::io::Result<Vec<u8>> {
    let compressed = GzBuilder::new().write(Vec::new(), Compression::default());
    let mut archive = Builder::new(compressed);
    for (path, file) in files {
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Regular);
        header.set_size(file.data.len() as u64);
        header.set_mode(if file.is_executable { 0o755 } else { 0o644 });
        header.set_mtime(MODIFIED);
        header.set_uid(0);
        header.set_gid(0);
        archive.append_data(&mut header, format!("{folder}/{path}"), file.data)?;
    }
    let mut compressed = archive.into_inner()?;
    compressed.flush()?;
    compressed.finish()
}
