//! What a server would refuse of a bundle: each reason in a sentence that says what is wrong, where,
//! and what is expected.
//!
//! A server unpacks the file, looks for the manifest, and starts what that names. So it is read here
//! the same way, but into nothing, and never more of it than the limits say: the file may be anybody's.

mod contents;
mod limits;
mod manifest;
mod parts;
mod path;
mod schema;

use std::io::{Cursor, Read, Seek, SeekFrom};

use self::contents::Contents;
use self::limits::LARGEST_UPLOAD;

/// Reasons not to take a bundle.
pub(super) type Faults = Vec<String>;

/// Checks a bundle, and says what was found.
pub(super) fn bundle(mut file: impl Read + Seek, platform: &str) -> Result<String, Faults> {
    let one = |fault: String| vec![fault];
    let unreadable = |error: std::io::Error| vec![format!("it cannot be read: {error}.")];
    let size = file.seek(SeekFrom::End(0)).map_err(unreadable)?;
    if size > LARGEST_UPLOAD {
        return Err(vec![format!(
            "it has {size} bytes; a server takes {LARGEST_UPLOAD} unless its `MaxFileSize` says otherwise."
        )]);
    }
    file.rewind().map_err(unreadable)?;
    let unpacked = limits::within(&mut file).map_err(one)?;
    file.rewind().map_err(unreadable)?;
    let mut faults = Vec::new();
    let contents = Contents::read(file, &mut faults).map_err(one);
    // What comes after a broken place is not known, so nothing is said to be missing.
    let contents = contents.map_err(|last| [std::mem::take(&mut faults), last].concat())?;
    let root = contents.root();
    let found = contents
        .manifest(&root, &mut faults)
        .and_then(|(name, text)| manifest::Manifest::read(&name, text, &mut faults));
    if let Some(manifest) = &found {
        manifest.check(&mut faults);
        parts::check(manifest, &contents, &root, platform, &mut faults);
    }
    match found {
        Some(manifest) if faults.is_empty() => Ok(format!(
            "{} {} for {platform}, {} files, {unpacked} bytes unpacked",
            manifest.id.to_lowercase(),
            manifest.version,
            contents.files()
        )),
        _ => Err(faults),
    }
}

/// Checks a bundle that is in memory.
pub(super) fn bytes(bundle: &[u8], platform: &str) -> Result<String, Faults> {
    self::bundle(Cursor::new(bundle), platform)
}
