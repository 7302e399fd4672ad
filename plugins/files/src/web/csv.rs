//! The uploads as a table for a spreadsheet.

use std::borrow::Cow;
use std::sync::Arc;

use crate::journal::Entry;

/// What a spreadsheet takes for the beginning of a formula, in either width, and the white space
/// that it passes over before one.
const FORMULA: [char; 11] =
    ['=', '+', '-', '@', '\t', '\r', '\n', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}'];

/// The table with a header, as RFC 4180 has it.
pub(super) fn write(entries: &[Arc<Entry>]) -> Result<Vec<u8>, csv::Error> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record([
        "number", "time", "name", "kind", "size", "sha256", "verdict", "why", "user_id",
    ])?;
    for entry in entries {
        let upload = &entry.upload;
        writer.write_record([
            &entry.number.to_string(),
            &format!("{:.3}", entry.time),
            &*harmless(&upload.name),
            &*harmless(&upload.kind),
            &upload.size.to_string(),
            &upload.sha256,
            upload.verdict,
            &*harmless(&upload.why),
            &*harmless(&upload.user_id),
        ])?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// A text that no spreadsheet runs: an apostrophe makes it a text.
fn harmless(cell: &str) -> Cow<'_, str> {
    match cell.starts_with(FORMULA) {
        true => Cow::Owned(format!("'{cell}")),
        false => Cow::Borrowed(cell),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Journal;
    use crate::journal::tests::upload;

    #[test]
    fn cells_are_quoted_where_they_have_to_be_and_formulas_are_defused() {
        let journal = Journal::default();
        for name in ["a \"b\", c.txt", "=HYPERLINK(1)", "+1.txt", "-1.txt", "@x", "＝1", "a=b"] {
            journal.record(upload(name), 10);
        }
        let table = String::from_utf8(write(&journal.remembered()).unwrap()).unwrap();
        let mut rows = table.split("\r\n");
        assert_eq!(rows.next(), Some("number,time,name,kind,size,sha256,verdict,why,user_id"));
        let names: Vec<_> = rows
            .filter(|row| !row.is_empty())
            .map(|row| row.split_once("Z,").unwrap().1.split(",text/plain").next().unwrap())
            .collect();
        assert_eq!(
            names,
            [
                "\"a \"\"b\"\", c.txt\"",
                "'=HYPERLINK(1)",
                "'+1.txt",
                "'-1.txt",
                "'@x",
                "'＝1",
                "a=b"
            ]
        );
    }
}
