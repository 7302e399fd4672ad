//! A file name that is safe to show, to store and to save under, and what is odd about one that is not.

use std::borrow::Cow;

/// What a name without anything usable becomes.
const NAMELESS: &str = "file";

/// What is odd about a name, to follow "its name"; `None` if nothing is. Dots and spaces at its ends
/// are not: phones begin names with a dot.
pub(crate) fn oddity(name: &str) -> Option<&'static str> {
    if name.contains(is_control) {
        Some("has a control character in it, such as a line break")
    } else if name.contains(is_separator) {
        Some("has a slash or a backslash in it")
    } else if name.contains(turns_direction) {
        Some("has a character in it that turns the direction of writing")
    } else if name.trim_matches(is_edge).is_empty() {
        Some("is empty, or nothing but dots and spaces")
    } else {
        None
    }
}

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
    is_control(c) || is_separator(c) || turns_direction(c)
}

/// The separators of lines and paragraphs break a line like the control characters do.
fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

fn is_separator(c: char) -> bool {
    matches!(c, '/' | '\\')
}

/// Embeddings, overrides and isolates. The marks that letters of one direction bring along are none.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
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
    fn a_name_is_odd_for_what_misleads_and_for_being_blank() {
        for (name, expected) in [
            ("a\nb.txt", "has a control character in it, such as a line break"),
            ("a\u{2028}b.txt", "has a control character in it, such as a line break"),
            ("a/b.txt", "has a slash or a backslash in it"),
            (r"a\b.txt", "has a slash or a backslash in it"),
            ("a\u{202E}txt.exe", "has a character in it that turns the direction of writing"),
            ("a\u{2066}b.txt", "has a character in it that turns the direction of writing"),
            ("", "is empty, or nothing but dots and spaces"),
            (" .. ", "is empty, or nothing but dots and spaces"),
        ] {
            assert_eq!(oddity(name), Some(expected), "{name:?}");
        }
    }

    #[test]
    fn dots_and_spaces_at_the_ends_and_letters_of_any_script_are_not_odd() {
        for name in [
            ".img.jpg",
            ".gitignore",
            " a.txt ",
            "a.",
            "a..b.txt",
            "תמונה\u{200F}.jpg",
            "家族\u{3000}写真.jpg",
            "👩\u{200D}🚀.png",
        ] {
            assert_eq!(oddity(name), None, "{name:?}");
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
            prop_assert_eq!(oddity(&cleaned), None);
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
