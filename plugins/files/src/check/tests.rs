//! Uploads of each kind.

use super::*;

/// A JPEG that has a comment, or none.
fn jpeg(comment: bool) -> Bytes {
    let comment: &[u8] = if comment { b"\xFF\xFE\0\x04hi" } else { b"" };
    [b"\xFF\xD8", comment, b"\xFF\xDA\0\x02picture\xFF\xD9"].concat().into()
}

fn upload(settings: &Settings, name: &str, content: &[u8]) -> Checked {
    let extension = name::extension(name);
    let size = i64::try_from(content.len()).unwrap();
    let info = FileInfo { name: name.into(), extension, size, ..FileInfo::default() };
    check(settings, info, Bytes::copy_from_slice(content))
}

fn refusal(settings: &Settings, name: &str, content: &[u8]) -> String {
    let checked = upload(settings, name, content);
    assert_eq!(checked.verdict, Verdict::reject(&checked.why), "{name}");
    checked.why
}

#[test]
fn an_ordinary_file_is_allowed_as_it_is() {
    for (name, content) in [("notes.txt", &b"hello"[..]), ("empty", b""), ("a.jpg", &jpeg(false))] {
        let checked = upload(&Settings::default(), name, content);
        assert_eq!((checked.verdict, checked.name.as_str()), (Verdict::Allow, name));
        assert_eq!(checked.why, "");
    }
}

#[test]
fn an_extension_is_refused_in_any_case_and_behind_any_disguise() {
    let settings = Settings::default();
    for (name, reason) in [
        ("setup.EXE", "\"setup.EXE\" was refused: files that end in .exe are not allowed."),
        ("setup.exe. .", "\"setup.exe\" was refused: files that end in .exe are not allowed."),
        ("setup.ex\u{202E}e", "\"setup.exe\" was refused: files that end in .exe are not allowed."),
        (
            "invoice.pdf   .exe",
            "\"invoice.pdf   .exe\" was refused: it looks like a .pdf file and is a .exe file.",
        ),
    ] {
        assert_eq!(refusal(&settings, name, b""), reason);
    }
    assert_eq!(upload(&settings, "www.example.com.pdf", b"").verdict, Verdict::Allow);
}

#[test]
fn the_extension_that_the_server_knows_counts_as_well() {
    let info = FileInfo { name: "setup".into(), extension: "Exe".into(), ..FileInfo::default() };
    let checked = check(&Settings::default(), info, Bytes::new());
    assert!(matches!(checked.verdict, Verdict::Reject(_)), "{checked:?}");
}

#[test]
fn a_program_is_refused_under_any_name_unless_the_settings_allow_it() {
    let script = b"#!/bin/sh\n";
    let reason = "\"cat.png\" was refused: its content is a script.";
    assert_eq!(refusal(&Settings::default(), "cat.png", script), reason);
    let lenient = Settings { refuse_executables: false, ..Settings::default() };
    assert_eq!(upload(&lenient, "cat.png", script).verdict, Verdict::Allow);
}

#[test]
fn a_file_may_have_as_many_bytes_as_the_settings_say_and_no_more() {
    let settings = Settings { largest: std::num::NonZeroU64::new(5), ..Settings::default() };
    assert_eq!(upload(&settings, "a.txt", b"12345").verdict, Verdict::Allow);
    assert_eq!(
        refusal(&settings, "a.txt", b"123456"),
        "\"a.txt\" was refused: it has 6 bytes, and 5 are allowed."
    );
}

#[test]
fn an_odd_name_is_refused_with_what_is_odd_and_never_shown_as_it_is() {
    for (name, shown, oddity) in [
        (" a.jp\u{0}g", "a.jpg", "has a control character in it, such as a line break"),
        ("../a.jpg", "a.jpg", "has a slash or a backslash in it"),
        ("a\u{202E}b.txt", "ab.txt", "has a character in it that turns the direction of writing"),
        ("...", "file", "is empty, or nothing but dots and spaces"),
    ] {
        for content in [jpeg(false), jpeg(true)] {
            let expected = format!("\"{shown}\" was refused: its name {oddity}.");
            assert_eq!(refusal(&Settings::default(), name, &content), expected);
        }
    }
}

#[test]
fn a_name_that_begins_or_ends_with_dots_and_spaces_stays_as_it_is() {
    for odd_names in [OddNames::Refuse, OddNames::Clean] {
        let settings = Settings { odd_names, ..Settings::default() };
        for name in [".img.jpg", ".gitignore", " a.jpg", "a.jpg. "] {
            let checked = upload(&settings, name, &jpeg(false));
            assert_eq!((checked.verdict, checked.name.as_str()), (Verdict::Allow, name));
        }
        let stripped = upload(&settings, ".img.jpg", &jpeg(true));
        let content = Upload { info: None, content: Some(jpeg(false)) };
        assert_eq!(stripped.verdict, Verdict::Replace(content));
        assert_eq!((stripped.name.as_str(), stripped.content), (".img.jpg", jpeg(false)));
        assert_eq!(stripped.why, "metadata taken out");
    }
}

#[test]
fn an_odd_name_is_cleaned_if_the_settings_say_so_and_nothing_else_is_to_be_changed() {
    let settings = Settings { odd_names: OddNames::Clean, ..Settings::default() };
    let checked = upload(&settings, " a.jp\u{0}g", &jpeg(false));
    assert_eq!((checked.name.as_str(), checked.why.as_str()), ("a.jpg", "name cleaned"));
    let size = i64::try_from(jpeg(false).len()).unwrap();
    let info =
        FileInfo { name: "a.jpg".into(), extension: "jpg".into(), size, ..FileInfo::default() };
    assert_eq!(checked.verdict, Verdict::Replace(Upload { info: Some(info), content: None }));

    assert_eq!(
        refusal(&settings, "a/.jpg", &jpeg(true)),
        "\"a.jpg\" was refused: its name has a slash or a backslash in it, and metadata is to be \
         taken out as well."
    );
    let with_metadata = Settings { strip_metadata: false, ..settings };
    assert_eq!(upload(&with_metadata, "a/.jpg", &jpeg(true)).why, "name cleaned");
}

#[test]
fn metadata_stays_if_the_settings_say_so_and_in_what_cannot_be_read() {
    let settings = Settings { strip_metadata: false, ..Settings::default() };
    assert_eq!(upload(&settings, "a.jpg", &jpeg(true)).verdict, Verdict::Allow);
    let broken = jpeg(true).slice(..7);
    assert_eq!(upload(&Settings::default(), "a.jpg", &broken).verdict, Verdict::Allow);
}

#[test]
fn a_long_name_is_cut_in_the_sentence() {
    let name = format!("{}.exe", "ä".repeat(500));
    let reason = refusal(&Settings::default(), &name, b"");
    assert_eq!(reason.matches('ä').count(), SHOWN);
    assert!(reason.contains("…\" was refused"), "{reason}");
}
