//! The plugin's configuration.

use std::collections::BTreeSet;
use std::num::NonZeroU64;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is refused and what is taken out of files, and how many uploads are remembered.
///
/// ```
/// let settings: files::Settings =
///     serde_json::from_str(r#"{ "refused_extensions": [".EXE"], "largest": 1048576 }"#)?;
/// assert!(settings.refused_extensions.contains("exe"));
/// assert!(settings.refuse_executables);
///
/// let refused = serde_json::from_str::<files::Settings>(r#"{ "remembered": 0 }"#);
/// assert!(refused.unwrap_err().to_string().starts_with("remembered is 0"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "Document")]
#[schemars(with = "Document")]
pub struct Settings {
    /// Last extensions that are refused, in lower case and without their dot.
    pub refused_extensions: BTreeSet<String>,
    /// Whether programs and scripts are refused whatever their name is.
    pub refuse_executables: bool,
    /// How many bytes a file may have; `None` leaves that to the server.
    pub largest: Option<NonZeroU64>,
    /// Whether what images say of their making is taken out: place, device, author, comments.
    pub strip_metadata: bool,
    /// What becomes of a file whose name is odd.
    pub odd_names: OddNames,
    /// How many uploads the journal holds.
    pub remembered: usize,
}

/// What becomes of a file whose name misleads a reader or a file system: by control characters, path
/// separators, characters that turn the direction of writing, or having nothing but dots and spaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OddNames {
    /// It is refused, and whoever uploads it told why.
    #[default]
    Refuse,
    /// It gets a name without all that. A new name is a new description of the file, by which
    /// servers lose where the file lies, unless they keep what the message has no field for. None
    /// of today does: this is for those that will. A file whose metadata is to be taken out as well
    /// is refused even so, because a server that is given both does not store it.
    Clean,
}

impl Default for Settings {
    fn default() -> Self {
        let usual = Document::default();
        Self {
            refused_extensions: usual.refused_extensions.into_iter().collect(),
            refuse_executables: usual.refuse_executables,
            largest: NonZeroU64::new(usual.largest),
            strip_metadata: usual.strip_metadata,
            odd_names: usual.odd_names,
            remembered: usual.remembered,
        }
    }
}

/// What Windows runs at a double click, and what other systems install.
const REFUSED: [&str; 33] = [
    "apk", "appx", "bat", "chm", "cmd", "com", "cpl", "dll", "exe", "gadget", "hta", "inf", "jar",
    "jse", "lnk", "msc", "msi", "msix", "msp", "mst", "pif", "ps1", "psm1", "reg", "scf", "scr",
    "sct", "sys", "url", "vbe", "vbs", "wsf", "wsh",
];

/// A page of them is still a page.
const MOST_REMEMBERED: usize = 10_000;

/// The configuration as it is written.
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
struct Document {
    /// Last extensions of names whose files are refused.
    refused_extensions: Vec<String>,
    /// Whether programs and scripts are refused whatever their name is.
    refuse_executables: bool,
    /// How many bytes a file may have; 0 leaves that to the server.
    largest: u64,
    /// Whether what images say of their making is taken out: place, device, author, comments.
    strip_metadata: bool,
    /// What becomes of a file whose name misleads a reader or a file system.
    odd_names: OddNames,
    /// How many uploads are remembered for the page of the last uploads.
    remembered: usize,
}

impl Default for Document {
    fn default() -> Self {
        Self {
            refused_extensions: REFUSED.iter().map(ToString::to_string).collect(),
            refuse_executables: true,
            largest: 0,
            strip_metadata: true,
            odd_names: OddNames::default(),
            remembered: 200,
        }
    }
}

impl TryFrom<Document> for Settings {
    type Error = String;

    fn try_from(document: Document) -> Result<Self, String> {
        let refused = document.refused_extensions.iter().map(|entry| extension(entry));
        let refused_extensions = refused.collect::<Result<_, _>>()?;
        let remembered = document.remembered;
        if !(1..=MOST_REMEMBERED).contains(&remembered) {
            return Err(format!(
                "remembered is {remembered}, expected a number from 1 to {MOST_REMEMBERED}"
            ));
        }
        Ok(Self {
            refused_extensions,
            refuse_executables: document.refuse_executables,
            largest: NonZeroU64::new(document.largest),
            strip_metadata: document.strip_metadata,
            odd_names: document.odd_names,
            remembered,
        })
    }
}

/// An entry of the list as extensions are compared.
fn extension(entry: &str) -> Result<String, String> {
    let extension = entry.trim().trim_start_matches('.').to_lowercase();
    if extension.is_empty() {
        return Err("refused_extensions has a blank entry".to_owned());
    }
    if extension.contains('.') {
        return Err(
            "refused_extensions has an entry with a dot inside, expected what follows the \
                    last dot of a name"
                .to_owned(),
        );
    }
    Ok(extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Settings, String> {
        serde_json::from_str(json).map_err(|fault| fault.to_string())
    }

    #[test]
    fn what_is_not_written_has_its_default() {
        assert_eq!(read("{}"), Ok(Settings::default()));
        let settings = read(r#"{ "remembered": 5, "refused_extensions": [] }"#).unwrap();
        assert!(settings.refused_extensions.is_empty() && settings.strip_metadata);
        assert_eq!(settings.remembered, 5);
        assert_eq!(read(r#"{ "largest": 0 }"#).unwrap().largest, None);
        assert_eq!(settings.odd_names, OddNames::Refuse);
        assert_eq!(read(r#"{ "odd_names": "clean" }"#).unwrap().odd_names, OddNames::Clean);
    }

    #[test]
    fn what_cannot_be_meant_is_refused_by_its_name() {
        for (json, named) in [
            (r#"{ "refused_extensions": ["exe", " . "] }"#, "refused_extensions has a blank entry"),
            (r#"{ "refused_extensions": ["tar.gz"] }"#, "refused_extensions has an entry with a"),
            (r#"{ "remembered": 0 }"#, "remembered is 0, expected a number from 1 to 10000"),
            (r#"{ "odd_names": "keep" }"#, "`keep`, expected `refuse` or `clean`"),
            (r#"{ "largest": -1 }"#, "expected u64"),
        ] {
            let fault = read(json).unwrap_err();
            assert!(fault.contains(named), "{json}: {fault}");
        }
    }
}
