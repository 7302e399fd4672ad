//! What a process wrote to stderr, as a host reads it.

use serde_json::Value;

use crate::Output;

/// The records on stderr.
///
/// # Panics
///
/// If a line is anything else than a JSON object.
#[must_use]
pub fn records(stderr: &str) -> Vec<Value> {
    let parse = |line: &str| {
        let record: Option<Value> = serde_json::from_str(line).ok();
        record.filter(Value::is_object).unwrap_or_else(|| panic!("not a record: {line}"))
    };
    stderr.lines().map(parse).collect()
}

impl Output {
    /// The message of the one error that this process has left, having said nothing else.
    ///
    /// # Panics
    ///
    /// If it exited with another code, wrote to stdout, or left other records.
    #[must_use]
    pub fn refusal(&self, code: i32) -> String {
        assert_eq!(self.code(), Some(code), "{}", self.stderr);
        assert_eq!(self.stdout, "", "nothing may be on stdout");
        let records = records(&self.stderr);
        let [record] = records.as_slice() else {
            panic!("expected one record:\n{}", self.stderr);
        };
        assert_eq!(record["@level"], "error", "{record}");
        record["@message"].as_str().expect("a message is text").to_owned()
    }
}
