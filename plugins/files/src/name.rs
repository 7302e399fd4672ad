//! A file name that is safe to show, to store and to save under.

use std::borrow::Cow;

/// What a name without anything usable becomes.
const NAMELESS: &str = "file";

/// The name without what misleads a reader or a file system: control characters, path separators,
/// characters that turn the direction of writing, and dots and spaces at its ends. The last
/// extension stays; `fallback` is the extension where the name has none left.
pub(crate) fn clean<'a>(name: &'a str, fallback: &str) -> Cow<'a, str> {
    let shown = match name.contains(is_misleading) {
        true => Cow::Owned(name.replace(is_misleading, "")),
        false => Cow::Borrowed(name),
    };
    let kept = shown.trim_end_matches(is_edge);
    let clean = match kept.rsplit_once('.') {
        Some((stem, extension)) if stem.trim_start_matches(is_edge).is_empty() => {
            format!("{NAMELESS}.{}", extension.trim_start_matches(is_edge))
        }
        Some(_) => kept.trim_start_matches(is_edge).to_owned(),
        None => match (kept.trim_start_matches(is_edge), clean_extension(fallback)) {
            ("", extension) if extension.is_empty() => NAMELESS.to_owned(),
            ("", extension) => format!("{NAMELESS}.{extension}"),
            (stem, _) => stem.to_owned(),
        },
    };
    if clean == name { Cow::Borrowed(name) } else { Cow::Owned(clean) }
}

/// The last extension in lower case, without its dot; empty if there is none.
pub(crate) fn extension(name: &str) -> String {
    name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).unwrap_or_default()
}

/// The extension that a name pretends to have before its last one, as in `invoice.pdf.exe`.
pub(crate) fn pretended(name: &str) -> Option<&str> {
    let (stem, _) = name.rsplit_once('.')?;
    let (_, pretended) = stem.trim_end().rsplit_once('.')?;
    let is_one = (2..=5).contains(&pretended.len())
        && pretended.chars().all(|c| c.is_ascii_alphanumeric())
        && pretended.contains(|c: char| c.is_ascii_alphabetic());
    is_one.then_some(pretended)
}

fn clean_extension(extension: &str) -> String {
    extension.replace(is_misleading, "").trim_matches(is_edge).to_owned()
}

fn is_misleading(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '/' | '\\'
            | '\u{2028}' | '\u{2029}'   // line and paragraph separators
            | '\u{202A}'..='\u{202E}'   // embeddings and overrides of direction
            | '\u{2066}'..='\u{2069}') // isolates
}

fn is_edge(c: char) -> bool {
    c == '.' || c.is_whitespace()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_misleads_is_taken_out_and_the_extension_stays() {
        for (name, cleaned) in [
            ("report.pdf", "report.pdf"),
            ("Quartal 3 – Übersicht.xlsx", "Quartal 3 – Übersicht.xlsx"),
            ("../../etc/passwd", "file.etcpasswd"),
            (r"C:\boot.ini", "C:boot.ini"),
            ("a\u{0}b\nc\u{85}.txt", "abc.txt"),
            ("photo\u{202E}gpj.exe", "photogpj.exe"),
            ("a\u{2066}b\u{2069}.pdf", "ab.pdf"),
            ("  ..notes.txt. .", "notes.txt"),
            ("a .tar.gz", "a .tar.gz"),
            (".pdf", "file.pdf"),
            (" . .pdf ", "file.pdf"),
            (".gitignore", "file.gitignore"),
            ("\u{202E}/.\u{2028}png", "file.png"),
        ] {
            assert_eq!(clean(name, "zip"), cleaned, "{name:?}");
        }
    }

    #[test]
    fn a_name_with_nothing_left_gets_the_extension_that_the_server_knows() {
        for (name, fallback, cleaned) in
            [("", "", "file"), ("...", "pdf", "file.pdf"), (" / ", "\u{202E}.p/df ", "file.pdf")]
        {
            assert_eq!(clean(name, fallback), cleaned, "{name:?}");
        }
    }

    #[test]
    fn a_pretended_extension_is_what_a_reader_takes_for_one() {
        for (name, found) in [
            ("invoice.pdf.exe", Some("pdf")),
            ("invoice.pdf      .exe", Some("pdf")),
            ("setup.exe", None),
            ("setup-1.20.exe", None),
            ("Dr. No.exe", None),
        ] {
            assert_eq!(pretended(name), found, "{name}");
        }
    }

    /// Names in which what is to be taken out is frequent.
    fn names() -> impl Strategy<Value = String> {
        let odd = prop::sample::select(vec![
            ".", " ", "/", "\\", "\u{0}", "\u{9}", "\u{202E}", "\u{2066}", "\u{3000}", "\u{2028}",
            "a", "pdf", "é", "\u{200D}", "𝒜",
        ]);
        prop_oneof![prop::collection::vec(odd, 0..12).prop_map(|parts| parts.concat()), ".{0,24}"]
    }

    proptest! {
        #[test]
        fn a_cleaned_name_is_clean_and_cleaning_it_again_changes_nothing(
            name in names(),
            fallback in names(),
        ) {
            let cleaned = clean(&name, &fallback).into_owned();
            prop_assert!(!cleaned.is_empty());
            prop_assert!(!cleaned.contains(is_misleading), "{cleaned:?}");
            prop_assert!(!cleaned.starts_with(is_edge) && !cleaned.ends_with(is_edge), "{cleaned:?}");
            prop_assert_eq!(clean(&cleaned, &fallback), cleaned.as_str());
        }

        #[test]
        fn a_clean_name_is_left_alone_and_no_letter_is_lost(name in names()) {
            let cleaned = clean(&name, "");
            let letters = |text: &str| {
                text.chars().filter(|c| c.is_alphanumeric()).collect::<String>()
            };
            prop_assert!(letters(&cleaned).ends_with(&letters(&name)), "{cleaned:?}");
            let is_clean = !name.is_empty()
                && !name.contains(is_misleading)
                && !name.starts_with(is_edge)
                && !name.ends_with(is_edge);
            prop_assert_eq!(is_clean, matches!(cleaned, Cow::Borrowed(_)));
        }
    }
}
