//! Text as the inside of a JSON string, with a bound on its length.

use std::fmt;

/// Escapes what is written to it and appends it to a buffer, up to a number of bytes.
///
/// What no longer fits is counted and thrown away, so that a value of any size costs no more
/// memory than the line that it is for.
pub(super) struct Escaped<'a> {
    out: &'a mut String,
    room: usize,
    cut: usize,
}

impl<'a> Escaped<'a> {
    pub(super) fn new(out: &'a mut String, room: usize) -> Self {
        Self { out, room, cut: 0 }
    }

    /// How many bytes of the text were thrown away.
    pub(super) fn cut(&self) -> usize {
        self.cut
    }

    /// Appends as much of a run without escapes as there is room for.
    fn push_plain(&mut self, run: &str) {
        let fits = run.floor_char_boundary(self.room);
        self.out.push_str(&run[..fits]);
        self.spend(fits, run.len() - fits);
    }

    /// Appends the escape of one byte, whole or not at all.
    fn push_escape(&mut self, escape: &str) {
        if escape.len() <= self.room {
            self.out.push_str(escape);
            self.spend(escape.len(), 0);
        } else {
            self.spend(0, 1);
        }
    }

    fn spend(&mut self, used: usize, cut: usize) {
        self.cut += cut;
        // After the first byte that is cut nothing may follow, or the text would have a hole.
        self.room = if self.cut > 0 { 0 } else { self.room - used };
    }
}

impl fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut plain = 0;
        for (at, byte) in text.bytes().enumerate() {
            if let Some(escape) = escape(byte) {
                self.push_plain(&text[plain..at]);
                self.push_escape(escape);
                plain = at + 1;
            }
        }
        self.push_plain(&text[plain..]);
        Ok(())
    }
}

/// Shortens the inside of a JSON string to `room` bytes at most, between two characters and never
/// inside an escape. Gives what is left and how many bytes of the unescaped text that cost.
pub(super) fn shorten(escaped: &str, room: usize) -> (&str, usize) {
    let mut at = 0;
    let mut kept = None;
    let mut cut = 0;
    while let Some((written, meant)) = unit(&escaped[at..]) {
        if kept.is_none() && at + written > room {
            kept = Some(at);
        }
        if kept.is_some() {
            cut += meant;
        }
        at += written;
    }
    (&escaped[..kept.unwrap_or(at)], cut)
}

/// The first character or escape: the bytes it takes, and the bytes it stands for.
fn unit(escaped: &str) -> Option<(usize, usize)> {
    let mut chars = escaped.chars();
    match (chars.next()?, chars.next()) {
        ('\\', Some('u')) => Some((6, 1)),
        ('\\', Some(_)) => Some((2, 1)),
        (other, _) => Some((other.len_utf8(), other.len_utf8())),
    }
}

fn escape(byte: u8) -> Option<&'static str> {
    match byte {
        b'"' => Some("\\\""),
        b'\\' => Some("\\\\"),
        control => CONTROLS.get(usize::from(control)).copied(),
    }
}

#[rustfmt::skip]
const CONTROLS: [&str; 32] = [
    "\\u0000", "\\u0001", "\\u0002", "\\u0003", "\\u0004", "\\u0005", "\\u0006", "\\u0007",
    "\\b",     "\\t",     "\\n",     "\\u000b", "\\f",     "\\r",     "\\u000e", "\\u000f",
    "\\u0010", "\\u0011", "\\u0012", "\\u0013", "\\u0014", "\\u0015", "\\u0016", "\\u0017",
    "\\u0018", "\\u0019", "\\u001a", "\\u001b", "\\u001c", "\\u001d", "\\u001e", "\\u001f",
];

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::prelude::*;

    use super::*;

    /// The JSON string of as much of `text` as fits, and what was cut.
    fn quoted(text: &str, room: usize) -> (String, usize) {
        let mut out = String::from("\"");
        let mut escaped = Escaped::new(&mut out, room);
        escaped.write_str(text).unwrap();
        let cut = escaped.cut();
        out.push('"');
        (out, cut)
    }

    #[test]
    fn all_of_ascii_is_escaped_as_serde_json_does() {
        let ascii: String = (0..128u8).map(char::from).collect();
        assert_eq!(quoted(&ascii, usize::MAX), (serde_json::to_string(&ascii).unwrap(), 0));
    }

    #[test]
    fn what_is_beyond_ascii_stays_as_it_is() {
        assert_eq!(quoted("grüße 🦀", usize::MAX).0, "\"grüße 🦀\"");
    }

    #[test]
    fn nothing_follows_what_was_cut() {
        let mut out = String::new();
        let mut escaped = Escaped::new(&mut out, 4);
        write!(escaped, "ab🦀").unwrap();
        write!(escaped, "c").unwrap();
        assert_eq!(escaped.cut(), 5);
        assert_eq!(out, "ab");
    }

    proptest! {
        #[test]
        fn a_bounded_text_is_a_prefix_and_counts_the_rest(text: String, room in 0..64usize) {
            let (json, cut) = quoted(&text, room);
            let kept: String = serde_json::from_str(&json).unwrap();
            prop_assert!(json.len() <= room + 2);
            prop_assert!(text.starts_with(&kept));
            prop_assert_eq!(kept.len() + cut, text.len());
        }

        #[test]
        fn cutting_later_gives_what_cutting_at_once_gives(text: String, room in 0..64usize) {
            let (whole, _) = quoted(&text, usize::MAX);
            let (kept, cut) = shorten(&whole[1..whole.len() - 1], room);
            prop_assert_eq!((format!("\"{kept}\""), cut), quoted(&text, room));
        }
    }
}
