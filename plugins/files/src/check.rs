//! What happens to one upload: refused with a reason, or let through, cleaned where it has to be.

use bytes::Bytes;
use hookwright::{FileInfo, Upload, Verdict};

use crate::Settings;
use crate::{content, metadata, name};

/// The most characters of a name that go into a sentence.
const SHOWN: usize = 80;

/// What was found, and what is done about it.
#[derive(Debug, PartialEq)]
pub(crate) struct Checked {
    /// The file's name, cleaned.
    pub(crate) name: String,
    /// What is stored, or what was refused.
    pub(crate) content: Bytes,
    pub(crate) verdict: Verdict<Upload>,
    /// What was changed, or why it was refused; else empty.
    pub(crate) why: String,
}

/// Looks at one upload.
pub(crate) fn check(settings: &Settings, info: FileInfo, content: Bytes) -> Checked {
    let name = name::clean(&info.name, &info.extension).into_owned();
    match fault(settings, &name, &info, &content) {
        Some(fault) => {
            let why = format!("\"{}\" was refused: {fault}.", shown(&name));
            Checked { name, content, verdict: Verdict::reject(&why), why }
        }
        None => clean(settings, name, info, content),
    }
}

/// What is wrong with a file that is refused.
fn fault(settings: &Settings, name: &str, info: &FileInfo, content: &[u8]) -> Option<String> {
    // The server takes its extension from the name as it came, which may hide one.
    for extension in [name::extension(name), info.extension.to_lowercase()] {
        if settings.refused_extensions.contains(&extension) {
            return Some(match name::pretended(name) {
                Some(pretended) => {
                    format!("it looks like a .{pretended} file and is a .{extension} file")
                }
                None => format!("files that end in .{extension} are not allowed"),
            });
        }
    }
    if let Some(largest) = settings.largest.filter(|largest| content.len() as u64 > largest.get()) {
        return Some(format!("it has {} bytes, and {largest} are allowed", content.len()));
    }
    let program = content::program(content).filter(|_| settings.refuse_executables)?;
    Some(format!("its content is {program}"))
}

/// Cleans a file that is let through.
fn clean(settings: &Settings, name: String, mut info: FileInfo, content: Bytes) -> Checked {
    let stripped = if settings.strip_metadata { stripped(&content) } else { None };
    let mut changes = Vec::new();
    let mut new_info = None;
    if let Some(stripped) = &stripped {
        changes.push("metadata taken out");
        info.size = i64::try_from(stripped.len()).unwrap_or(i64::MAX);
    }
    // The size alone is no reason to send the info back: servers set it by the content that they
    // get, and an info that comes back has lost where the file is stored, which the wire lacks.
    if name != info.name {
        changes.push("name cleaned");
        info.extension = name::extension(&name);
        info.name.clone_from(&name);
        new_info = Some(info);
    }
    let upload = Upload { info: new_info, content: stripped.clone() };
    let verdict = if changes.is_empty() { Verdict::Allow } else { Verdict::Replace(upload) };
    Checked { name, content: stripped.unwrap_or(content), verdict, why: changes.join(", ") }
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
