//! The log of a child process, read line by line.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::level::Level;
use super::line;

/// One record of a child's log.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// How much it matters.
    pub level: Level,
    /// What happened.
    pub message: String,
    /// The part of the child that wrote it: the logger's name, or the `tracing` target.
    pub module: Option<String>,
    /// When the child wrote it, if it says so in a way that can be read.
    pub timestamp: Option<Timestamp>,
    /// All other members of the line.
    pub fields: Map<String, Value>,
}

impl Record {
    /// Makes a record of any line, its line break or none at the end.
    ///
    /// A line that is no hclog record is a message as it stands. A tag such as `[WARN]` at its
    /// start gives the level and is taken off; the first line of a Go panic is an error; anything
    /// else is a matter of debugging.
    #[must_use]
    pub fn from_line(line: &str) -> Self {
        let line = line.trim_end_matches(['\n', '\r']);
        Self::parse(line).unwrap_or_else(|| {
            let (level, message) = plain(line);
            Self {
                level,
                message: message.to_owned(),
                module: None,
                timestamp: None,
                fields: Map::new(),
            }
        })
    }

    /// Reads a line that is a JSON object with an `@level`.
    ///
    /// `None` when it is anything else, or when `@level`, `@message` or `@timestamp` is not a
    /// string: then the line is not what hclog writes, whatever it may be.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        // Most lines of a child that does not speak hclog end here.
        if !line.trim_start().starts_with('{') {
            return None;
        }
        let mut fields: Map<String, Value> = serde_json::from_str(line).ok()?;
        let level = text(fields.remove(line::LEVEL)?)?.parse().ok()?;
        let message = fields.remove(line::MESSAGE).map_or(Some(String::new()), text)?;
        let timestamp = match fields.remove(line::TIMESTAMP) {
            Some(written) => text(written)?.parse().ok(),
            None => None,
        };
        let module = match fields.remove(line::MODULE) {
            Some(Value::String(module)) => Some(module),
            Some(odd) => {
                fields.insert(line::MODULE.to_owned(), odd);
                None
            }
            None => None,
        };
        Some(Self { level, message, module, timestamp, fields })
    }
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// The level of a line of plain text, and its message.
fn plain(line: &str) -> (Level, &str) {
    let tagged = line
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
        .and_then(|(tag, message)| Some((tag.parse().ok()?, message.trim_start())));
    match tagged {
        Some(tagged) => tagged,
        None if line.starts_with("panic: ") || line.starts_with("fatal error: ") => {
            (Level::Error, line)
        }
        None => (Level::Debug, line),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(line: &str, level: Level, message: &str) {
        let record = Record::from_line(line);
        assert_eq!((record.level, record.message.as_str()), (level, message), "{line}");
    }

    #[test]
    fn a_record_of_hclog_is_taken_apart() {
        let record = Record::parse(
            r#"{"@caller":"a.go:7","@level":"warn","@message":"slow","@module":"plugin.db","@timestamp":"2024-05-06T07:08:09.123456+02:00","ms":12}"#,
        )
        .unwrap();
        assert_eq!(record.level, Level::Warn);
        assert_eq!(record.message, "slow");
        assert_eq!(record.module.as_deref(), Some("plugin.db"));
        assert_eq!(record.timestamp.unwrap().to_string(), "2024-05-06T05:08:09.123456Z");
        assert_eq!(
            Value::Object(record.fields),
            serde_json::json!({"@caller": "a.go:7", "ms": 12})
        );
    }

    #[test]
    fn only_a_level_is_asked_for() {
        check(r#"{"@level":"INFO"}"#, Level::Info, "");
        check(r#" {"@level":"warning","@message":"w"} "#, Level::Warn, "w");
        check(r#"{"@level":"error","@message":"e","@timestamp":"noon"}"#, Level::Error, "e");
    }

    #[test]
    fn an_object_of_odd_types_is_no_record() {
        for line in [
            "{}",
            r#"{"@message":"m"}"#,
            r#"{"@level":"loud","@message":"m"}"#,
            r#"{"@level":3,"@message":"m"}"#,
            r#"{"@level":"info","@message":null}"#,
            r#"{"@level":"info","@message":{"a":1}}"#,
            r#"{"@level":"info","@timestamp":17}"#,
            "[1]",
            "null",
            r#""text""#,
            r#"{"@level":"info""#,
        ] {
            assert_eq!(Record::parse(line), None, "{line}");
            check(line, Level::Debug, line);
        }
    }

    #[test]
    fn an_odd_module_stays_among_the_fields() {
        let record = Record::parse(r#"{"@level":"info","@module":[1]}"#).unwrap();
        assert_eq!(record.module, None);
        assert_eq!(record.fields["@module"], serde_json::json!([1]));
    }

    #[test]
    fn a_tag_at_the_start_of_plain_text_gives_the_level() {
        check("[WARN] low on disk\r\n", Level::Warn, "low on disk");
        check("[TRACE]x", Level::Trace, "x");
        check("[ERROR]  boom", Level::Error, "boom");
        check(" [ERROR] not at the start", Level::Debug, " [ERROR] not at the start");
        check("[LOUD] no level", Level::Debug, "[LOUD] no level");
        check("[2024] no level", Level::Debug, "[2024] no level");
    }

    #[test]
    fn the_first_line_of_a_go_panic_is_an_error() {
        check("panic: nil map\n", Level::Error, "panic: nil map");
        check("fatal error: all asleep", Level::Error, "fatal error: all asleep");
        check("do not panic: all is well", Level::Debug, "do not panic: all is well");
    }

    proptest! {
        #[test]
        fn any_line_at_all_is_a_record(line: String) {
            let _ = Record::from_line(&line);
        }

        #[test]
        fn any_value_in_any_place_is_survived(key in "@?(level|message|timestamp|module)", value in "[0-9]|null|\\{\\}|\\[\\]|\"[a-z]*\"|-|1e999") {
            let _ = Record::from_line(&format!(r#"{{"@level":"info","{key}":{value}}}"#));
        }
    }
}
