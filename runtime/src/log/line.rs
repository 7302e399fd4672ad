//! One record as one line that the host can read.

use super::fields::{Fields, Member};
use super::text::shorten;
use super::{Level, timestamp};

/// The bytes of the longest line, its newline included. The host splits at 64 KiB and shows the
/// pieces as raw text, so that a line which loses some bytes here loses less.
pub(super) const LIMIT: usize = 60 * 1024;

pub(super) const LEVEL: &str = "@level";
pub(super) const MESSAGE: &str = "@message";
pub(super) const MODULE: &str = "@module";
pub(super) const TIMESTAMP: &str = "@timestamp";
const TRUNCATED: &str = "truncated_bytes";

/// The members that every line begins with.
const HEAD: [&str; 4] = [LEVEL, MESSAGE, MODULE, TIMESTAMP];

/// A string is never cut below this, which leaves the level and the time whole.
const SHORTEST_TEXT: usize = 64;

/// What the end of a line takes: the count of what was cut, the brace, the newline.
const TAIL: usize = ",\"truncated_bytes\":18446744073709551615}\n".len();

/// The name to write a user's field under, so that it is never one of those with a meaning.
pub(super) fn harmless(name: &'static str) -> &'static str {
    match name {
        LEVEL => "field.@level",
        MESSAGE => "field.@message",
        MODULE => "field.@module",
        TIMESTAMP => "field.@timestamp",
        "@caller" => "field.@caller",
        // The host adds a key of this name to each record.
        "timestamp" => "field.timestamp",
        TRUNCATED => "field.truncated_bytes",
        other => other,
    }
}

/// Writes the members that every record begins with. `message` sets [`MESSAGE`], or nothing.
pub(super) fn head(
    fields: &mut Fields,
    level: Level,
    module: &str,
    message: impl FnOnce(&mut Fields),
) {
    fields.clear();
    fields.text(LEVEL, format_args!("{level}"));
    message(fields);
    if !fields.contains(MESSAGE) {
        fields.text(MESSAGE, format_args!(""));
    }
    fields.text(MODULE, format_args!("{module}"));
    fields.text(TIMESTAMP, format_args!("{}", timestamp::layout(timestamp::now())));
}

/// Makes a line, with its newline, of all members.
pub(super) fn finish(fields: &mut Fields) -> &str {
    let uncut = fields.members().iter().all(|member| member.cut == 0);
    if !uncut || fields.buffer().len() + TAIL > LIMIT {
        let line = shortened(fields);
        *fields.buffer() = line;
    } else {
        fields.buffer().push_str("}\n");
    }
    let line = fields.buffer();
    // The first member's comma.
    line.replace_range(..1, "{");
    line
}

/// The members with the longest strings cut to one length, such that the line fits.
fn shortened(fields: &mut Fields) -> String {
    let mut cut = drop_until_it_fits(fields);
    let longest = longest_that_fits(fields.members());
    let mut line = String::with_capacity(LIMIT);
    for (member, key, value) in fields.iter() {
        cut += member.cut;
        line.push_str(key);
        match value.strip_prefix('"').and_then(|value| value.strip_suffix('"')) {
            Some(text) if value.len() > longest => {
                let (kept, lost) = shorten(text, longest - 2);
                cut += lost;
                line.extend(["\"", kept, "\""]);
            }
            _ => line.push_str(value),
        }
    }
    line.push_str(&format!(",\"{TRUNCATED}\":{cut}}}\n"));
    line
}

/// The greatest length of a value with which the line fits.
fn longest_that_fits(members: &[Member]) -> usize {
    let (mut fits, mut too_long) = (SHORTEST_TEXT, LIMIT);
    while too_long - fits > 1 {
        let middle = fits.midpoint(too_long);
        if len_with(members, middle) <= LIMIT {
            fits = middle;
        } else {
            too_long = middle;
        }
    }
    fits
}

/// Drops the longest members until the line fits with short strings. Gives the bytes dropped.
/// Only names of many kilobytes, or a thousand spans inside each other, come to this.
fn drop_until_it_fits(fields: &mut Fields) -> usize {
    let mut dropped = 0;
    while len_with(fields.members(), SHORTEST_TEXT) > LIMIT {
        let longest = fields
            .members()
            .iter()
            .filter(|member| !HEAD.contains(&member.name))
            .max_by_key(|member| len_of(member, SHORTEST_TEXT))
            .map(|member| member.name);
        let Some(member) = longest.and_then(|name| fields.remove(name)) else {
            break;
        };
        dropped += member.len;
    }
    dropped
}

/// The bytes of the line when no value is longer than `longest`.
fn len_with(members: &[Member], longest: usize) -> usize {
    TAIL + members.iter().map(|member| len_of(member, longest)).sum::<usize>()
}

fn len_of(member: &Member, longest: usize) -> usize {
    // A value that is no string is far shorter than `SHORTEST_TEXT`, hence never cut.
    member.key_len + (member.len - member.key_len).min(longest)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn check(fill: impl FnOnce(&mut Fields)) -> Value {
        let mut fields = Fields::default();
        head(&mut fields, Level::Info, "m", |fields| fields.text(MESSAGE, format_args!("hello")));
        fill(&mut fields);
        let line = finish(&mut fields);
        assert!(line.len() <= LIMIT, "{} bytes", line.len());
        let value: Value = serde_json::from_str(line).unwrap();
        assert_eq!(value[LEVEL], "info");
        assert_eq!(value[MESSAGE], "hello");
        assert_eq!(value[TIMESTAMP].as_str().unwrap().len(), 27);
        value
    }

    // Names are static, so a test that makes some must leak them.
    fn leak(name: String) -> &'static str {
        name.leak()
    }

    #[test]
    fn a_name_too_long_for_a_line_is_dropped() {
        let value = check(|fields| {
            fields.literal("kept", format_args!("1"));
            fields.literal(leak("\u{1}".repeat(12_000)), format_args!("2"));
            fields.text("long", format_args!("{}", "x".repeat(70_000)));
        });
        assert_eq!(value["kept"], 1);
        assert!(value["long"].as_str().unwrap().len() > 50_000);
        assert!(value[TRUNCATED].as_u64().unwrap() > 72_000);
        assert_eq!(value.as_object().unwrap().len(), 7);
    }

    #[test]
    fn of_countless_members_some_are_kept() {
        let value = check(|fields| {
            for number in 0..3000 {
                fields.text(leak(format!("name{number}")), format_args!("{}", "x".repeat(100)));
            }
        });
        assert!(value.as_object().unwrap().len() > 500);
    }

    #[test]
    fn a_module_of_any_length_fits() {
        let mut fields = Fields::default();
        head(&mut fields, Level::Warn, &"m".repeat(200_000), |_| {});
        let line = finish(&mut fields);
        let value: Value = serde_json::from_str(line).unwrap();
        let kept = value[MODULE].as_str().unwrap().len() as u64;
        assert_eq!(value[TRUNCATED].as_u64().unwrap(), 200_000 - kept);
        assert_eq!(value[MESSAGE], "");
    }
}
