//! What a plugin writes to stderr, read as hosts of go-plugin read it.

use serde_json::{Map, Value};

use super::{Level, line};

/// A line of a plugin's stderr.
#[derive(Debug, Clone, PartialEq)]
pub struct LogLine {
    /// How much it matters.
    pub level: Level,
    /// What it says.
    pub message: String,
    /// Which part of the plugin says it (`@module`), if that is told.
    pub module: Option<String>,
    /// When it was written (`@timestamp`), if that is told.
    pub timestamp: Option<String>,
    /// The other fields of the record.
    pub fields: Map<String, Value>,
    /// The line as it was written.
    pub raw: String,
}

impl LogLine {
    /// Reads a line as a record of hclog, which is a JSON object with an `@level`; none if it is
    /// something else.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        // Most lines of a process that does not speak hclog end here.
        if !line.starts_with('{') {
            return None;
        }
        let mut fields: Map<String, Value> = serde_json::from_str(line).ok()?;
        let level = fields.get(line::LEVEL)?.as_str()?.parse().ok()?;
        let mut text = |name: &str| match fields.remove(name) {
            Some(Value::String(text)) => Some(text),
            // Of another type it is a field like any other.
            Some(other) => {
                fields.insert(name.to_owned(), other);
                None
            }
            None => None,
        };
        let message = text(line::MESSAGE).unwrap_or_default();
        let (module, timestamp) = (text(line::MODULE), text(line::TIMESTAMP));
        fields.remove(line::LEVEL);
        Some(Self { level, message, module, timestamp, fields, raw: line.to_owned() })
    }
}

/// Reads the lines of one process, in their order: what follows a panic in Go belongs to it.
#[derive(Debug, Clone, Default)]
pub struct LogReader {
    in_panic: bool,
}

/// The tags that lines without a record may begin with.
const TAGS: [(&str, Level); 5] = [
    ("[TRACE]", Level::Trace),
    ("[DEBUG]", Level::Debug),
    ("[INFO]", Level::Info),
    ("[WARN]", Level::Warn),
    ("[ERROR]", Level::Error),
];

impl LogReader {
    /// Reads the next line. Every line has a level: that of its record, of its tag, `error` within a
    /// panic, else `debug`. No line makes it fail, whatever the types of its fields are.
    pub fn read(&mut self, line: &str) -> LogLine {
        if let Some(record) = LogLine::parse(line) {
            return record;
        }
        let tagged = TAGS.iter().find_map(|(tag, level)| Some((line.strip_prefix(tag)?, *level)));
        if line.starts_with("panic: ") || line.starts_with("fatal error: ") {
            self.in_panic = true;
        }
        let (text, level) = match tagged {
            Some((text, level)) => (text.trim_start(), level),
            None if self.in_panic => (line, Level::Error),
            None => (line, Level::Debug),
        };
        LogLine {
            level,
            message: text.to_owned(),
            module: None,
            timestamp: None,
            fields: Map::new(),
            raw: line.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(line: &str) -> (Level, String) {
        let line = LogReader::default().read(line);
        (line.level, line.message)
    }

    #[test]
    fn a_record_has_its_level_and_its_fields() {
        let line = r#"{"@level":"WARN","@message":"low","@module":"disk","@timestamp":"2026-01-02T03:04:05.000000Z","left":5}"#;
        let read = LogReader::default().read(line);
        assert_eq!((read.level, read.message.as_str()), (Level::Warn, "low"));
        assert_eq!(read.module.as_deref(), Some("disk"));
        assert_eq!(read.timestamp.as_deref(), Some("2026-01-02T03:04:05.000000Z"));
        assert_eq!(Value::Object(read.fields), json!({ "left": 5 }));
    }

    #[test]
    fn a_line_that_is_no_record_has_the_level_of_its_tag_or_debug() {
        for (line, level, message) in [
            ("[WARN] low", Level::Warn, "low"),
            ("[ERROR]", Level::Error, ""),
            (" [WARN] low", Level::Debug, " [WARN] low"),
            ("null", Level::Debug, "null"),
            ("[1]", Level::Debug, "[1]"),
            (r#"{"@level":"loud"}"#, Level::Debug, r#"{"@level":"loud"}"#),
            (r#"{"@level":5}"#, Level::Debug, r#"{"@level":5}"#),
        ] {
            assert_eq!(read(line), (level, message.to_owned()), "{line}");
        }
    }

    #[test]
    fn a_field_of_an_unexpected_type_stays_a_field() {
        let read = LogReader::default().read(r#"{"@level":"info","@message":{"a":1}}"#);
        assert_eq!((read.level, read.message.as_str()), (Level::Info, ""));
        assert_eq!(Value::Object(read.fields), json!({ "@message": { "a": 1 } }));
    }

    #[test]
    fn what_follows_a_panic_is_an_error_unless_it_says_otherwise() {
        let mut reader = LogReader::default();
        let mut level = |line: &str| reader.read(line).level;
        assert_eq!(level("goroutine 1"), Level::Debug);
        assert_eq!(level("panic: boom"), Level::Error);
        assert_eq!(level("goroutine 1"), Level::Error);
        assert_eq!(level("[INFO] on"), Level::Info);
    }

    proptest! {
        #[test]
        fn no_line_makes_it_panic(line in ".*", level in ".{0,8}", value in ".{0,8}") {
            let mut reader = LogReader::default();
            let _ = reader.read(&line);
            let _ = reader.read(&json!({ "@level": level, "@message": value, "@x": [1] }).to_string());
        }
    }
}
