//! What a file is, by its content and not by its name.

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

/// The kind of program that the content is, in words; `None` if it is no program.
pub(crate) fn program(content: &[u8]) -> Option<&'static str> {
    use infer::{app, text};
    Some(if app::is_exe(content) {
        "a Windows program"
    } else if app::is_elf(content) {
        "a Linux program"
    } else if app::is_mach(content) {
        "a macOS program"
    } else if text::is_shellscript(content) {
        "a script"
    } else {
        return None;
    })
}

/// The media type that the content shows, else the one that was declared.
pub(crate) fn media_type(content: &[u8], declared: &str) -> String {
    match infer::get(content) {
        Some(kind) => kind.mime_type().to_owned(),
        None if declared.is_empty() => "unknown".to_owned(),
        None => declared.to_owned(),
    }
}

/// The content's SHA-256 in hexadecimal.
pub(crate) fn fingerprint(content: &[u8]) -> String {
    format!("{:x}", Bytes::copy_from_slice(&Sha256::digest(content)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The beginning of a file, followed by enough to be one.
    fn file(beginning: &[u8]) -> Vec<u8> {
        [beginning, &[0; 64]].concat()
    }

    #[test]
    fn programs_are_told_by_their_first_bytes() {
        for (beginning, kind) in [
            (&b"MZ\x90\x00"[..], "a Windows program"),
            (b"\x7fELF\x02\x01\x01", "a Linux program"),
            (b"\xcf\xfa\xed\xfe", "a macOS program"),
            (b"\xca\xfe\xba\xbe\x00\x00\x00\x02", "a macOS program"),
            (b"#!/bin/sh\n", "a script"),
            (b"#! /usr/bin/env python3\n", "a script"),
        ] {
            assert_eq!(program(&file(beginning)), Some(kind));
        }
    }

    #[test]
    fn what_is_no_program_is_none() {
        for content in [&b""[..], b"M", b"# Title\n", b"%PDF-1.7", b"PK\x03\x04", b"\x89PNG\r\n"] {
            assert_eq!(program(content), None);
        }
    }

    #[test]
    fn the_content_is_believed_before_what_was_declared() {
        assert_eq!(media_type(b"%PDF-1.7 ...", "image/png"), "application/pdf");
        assert_eq!(media_type(b"just words", "text/plain"), "text/plain");
        assert_eq!(media_type(b"just words", ""), "unknown");
    }

    #[test]
    fn a_fingerprint_is_the_sha_256_that_everyone_has() {
        let of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(fingerprint(b"abc"), of_abc);
    }
}
