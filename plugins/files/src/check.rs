//! What happens to one upload: refused with a reason, or let through, with its metadata taken out.

use bytes::Bytes;
use hookwright::{FileInfo, Upload, Verdict};

use crate::{OddNames, Settings};
use crate::{content, metadata, name};

/// The most characters of a name that go into a sentence.
const SHOWN: usize = 80;

/// What was found, and what is done about it.
#[derive(Debug, PartialEq)]
pub(crate) struct Checked {
    /// What the file is stored as; if it is refused, its name without what misleads.
    pub(crate) name: String,
    /// What is stored, or what was refused.
    pub(crate) content: Bytes,
    pub(crate) verdict: Verdict<Upload>,
    /// What was changed, or why it was refused; else empty.
    pub(crate) why: String,
}

/// Looks at one upload.
pub(crate) fn check(settings: &Settings, info: FileInfo, content: Bytes) -> Checked {
    let clean = name::clean(&info.name, &info.extension).into_owned();
    if let Some(fault) = fault(settings, &clean, &info, &content) {
        return refused(clean, content, &fault);
    }
    let stripped = if settings.strip_metadata { stripped(&content) } else { None };
    match (name::oddity(&info.name), stripped) {
        (None, None) => {
            Checked { name: info.name, content, verdict: Verdict::Allow, why: String::new() }
        }
        // The server sets the size by the content that it gets.
        (None, Some(content)) => {
            let upload = Upload { info: None, content: Some(content.clone()) };
            changed(info.name, content, upload, "metadata taken out")
        }
        (Some(_), None) => {
            let extension = name::extension(&clean);
            let info = FileInfo { name: clean.clone(), extension, ..info };
            changed(clean, content, Upload { info: Some(info), content: None }, "name cleaned")
        }
        // The server would not store a file whose info and content are both new, and to do one
        // without the other would let through what is to be cleaned.
        (Some(oddity), Some(_)) => {
            let fault = format!("its name {oddity}, and metadata is to be taken out as well");
            refused(clean, content, &fault)
        }
    }
}

fn refused(name: String, content: Bytes, fault: &str) -> Checked {
    let why = format!("\"{}\" was refused: {fault}.", shown(&name));
    Checked { name, content, verdict: Verdict::reject(&why), why }
}

fn changed(name: String, content: Bytes, upload: Upload, change: &str) -> Checked {
    Checked { name, content, verdict: Verdict::Replace(upload), why: change.to_owned() }
}

/// What is wrong with a file that is refused.
fn fault(settings: &Settings, clean: &str, info: &FileInfo, content: &[u8]) -> Option<String> {
    // The server takes its extension from the name as it came, which may hide one.
    for extension in [name::extension(clean), info.extension.to_lowercase()] {
        if settings.refused_extensions.contains(&extension) {
            return Some(match name::pretended(clean) {
                Some(pretended) => {
                    format!("it looks like a .{pretended} file and is a .{extension} file")
                }
                None => format!("files that end in .{extension} are not allowed"),
            });
        }
    }
    // An info with another name has lost where the file is stored, which the wire lacks.
    if settings.odd_names == OddNames::Refuse
        && let Some(oddity) = name::oddity(&info.name)
    {
        return Some(format!("its name {oddity}"));
    }
    if let Some(largest) = settings.largest.filter(|largest| content.len() as u64 > largest.get()) {
        return Some(format!("it has {} bytes, and {largest} are allowed", content.len()));
    }
    let program = content::program(content).filter(|_| settings.refuse_executables)?;
    Some(format!("its content is {program}"))
}

fn stripped(content: &Bytes) -> Option<Bytes> {
    metadata::strip(content).unwrap_or_else(|error| {
        tracing::debug!(%error, "an image cannot be read, and is left as it is");
        None
    })
}

/// A name that may be of any length, in a sentence.
fn shown(name: &str) -> String {
    match name.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests;
