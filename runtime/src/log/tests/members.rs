//! Which members a record has, and with which values.

use proptest::prelude::*;
use serde_json::{Value, json};
use tracing::{error, info, info_span};

use super::{fields, lines, record};
use crate::log::{Level, LogLine};

#[test]
fn a_record_begins_with_the_four_keys_and_ends_with_the_fields() {
    let lines =
        lines(Level::Info, |_| info!(target: "some::place", user = "u1", n = 3, "said {}", "hi"));
    let (head, rest) = lines[0].split_once("\"@timestamp\":\"").unwrap();
    assert_eq!(head, r#"{"@level":"info","@message":"said hi","@module":"some::place","#);
    let (timestamp, rest) = rest.split_once('"').unwrap();
    let shape: String =
        timestamp.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    assert_eq!(shape, "0000-00-00T00:00:00.000000Z");
    assert_eq!(rest, r#","user":"u1","n":3}"#);
}

#[test]
fn values_keep_their_types_where_json_has_them() {
    let big = i128::from(u64::MAX) + 1;
    let cause = std::io::Error::other("on fire");
    let error: &(dyn std::error::Error + 'static) = &cause;
    let written = fields(|| {
        info!(yes = true, int = -5, natural = u64::MAX, big, huge = u128::MAX, small = 7_i128);
    });
    assert_eq!(
        written,
        json!({"yes": true, "int": -5, "natural": u64::MAX, "big": big.to_string(),
               "huge": u128::MAX.to_string(), "small": 7})
    );
    let written = fields(|| {
        info!(half = 0.5, far = 1e300, one = 1.0, nan = f64::NAN, inf = f64::INFINITY, error, some = ?Some("x"), shown = %"s");
    });
    assert_eq!(
        written,
        json!({"half": 0.5, "far": 1e300, "one": 1.0, "nan": "NaN", "inf": "inf",
               "error": "on fire", "some": "Some(\"x\")", "shown": "s"})
    );
}

#[test]
fn an_error_is_followed_by_its_causes() {
    #[derive(Debug, thiserror::Error)]
    #[error("cannot start")]
    struct Outer(#[source] Inner);
    #[derive(Debug, thiserror::Error)]
    #[error("no\nport")]
    struct Inner;

    let outer = Outer(Inner);
    let error: &(dyn std::error::Error + 'static) = &outer;
    assert_eq!(fields(|| error!(error)), json!({"error": "cannot start: no\nport"}));
    assert_eq!(record(|| error!(message = error))["@message"], "cannot start: no\nport");
}

#[test]
fn a_message_is_a_string_even_if_it_was_none() {
    assert_eq!(record(|| info!(message = 5))["@message"], "5");
    assert_eq!(record(|| info!(message = true, a = 1))["@message"], "true");
    assert_eq!(record(|| info!(a = 1))["@message"], "");
}

#[test]
fn names_with_a_meaning_are_made_harmless() {
    let written = record(|| {
        info!(
            "@level" = 1,
            "@message" = 2,
            "@timestamp" = 3,
            "@module" = 4,
            "@caller" = 5,
            timestamp = 6,
            truncated_bytes = 7,
            "field.@level" = 8,
            "we\"ird\n" = 9,
            "m"
        );
    });
    assert_eq!(written["@level"], "info");
    assert_eq!(written["@message"], "m");
    for (key, value) in [
        ("field.@message", 2),
        ("field.@timestamp", 3),
        ("field.@module", 4),
        ("field.@caller", 5),
        ("field.timestamp", 6),
        ("field.truncated_bytes", 7),
        ("field.@level", 8),
        ("we\"ird\n", 9),
    ] {
        assert_eq!(written[key], value, "{key}");
    }
    let in_span = record(|| info_span!("s", "@message" = 1, message = 2).in_scope(|| info!("m")));
    assert_eq!((&in_span["@message"], &in_span["field.@message"]), (&json!("m"), &json!(1)));
    assert_eq!(in_span["message"], 2);
}

#[test]
fn a_field_named_message_does_not_take_the_place_of_the_message() {
    let written = record(|| info!(message = "hi", "posted"));
    assert_eq!((&written["@message"], &written["message"]), (&json!("posted"), &json!("hi")));
    let alone = record(|| info!(message = "hi"));
    assert_eq!(alone["@message"], "hi");
    assert!(alone.get("message").is_none(), "{alone}");
}

#[test]
fn fields_of_spans_come_from_the_root_to_the_leaf_and_later_ones_win() {
    let lines = lines(Level::Info, |_| {
        let outer =
            info_span!("outer", request_id = "r1", hook = "H", late = tracing::field::Empty);
        let _outer = outer.enter();
        outer.record("late", 1);
        outer.record("late", 2);
        let _inner = info_span!("inner", hook = "I", plugin = "p").entered();
        info!(plugin = "q", "inside");
        info!(parent: &outer, "beside");
        info!(parent: None, "outside");
    });
    let rest: Vec<_> = lines.iter().map(|line| line.split_once("Z\"").unwrap().1).collect();
    assert_eq!(
        rest,
        [
            r#","request_id":"r1","late":2,"hook":"I","plugin":"q"}"#,
            r#","request_id":"r1","hook":"H","late":2}"#,
            "}",
        ]
    );
}

#[test]
fn line_breaks_are_escaped_and_other_scripts_are_not() {
    let lines = lines(Level::Info, |_| info!(word = "naïve 🦀", "a\nb\r\u{0}\u{1b}[1m\u{2028}c"));
    assert!(lines[0].contains("naïve 🦀"));
    assert!(lines[0].contains("a\\nb\\r\\u0000\\u001b[1m\u{2028}c"));
}

proptest! {
    #[test]
    fn any_text_makes_one_line_that_reads_back(message: String, value: String, debugged: Option<String>) {
        let lines = lines(Level::Info, |_| info!(value, ?debugged, "{message}"));
        prop_assert_eq!(lines.len(), 1);
        let json: Value = serde_json::from_str(&lines[0]).unwrap();
        for key in ["@level", "@message", "@timestamp"] {
            prop_assert!(json[key].is_string());
        }
        let record = LogLine::parse(&lines[0]).unwrap();
        prop_assert_eq!(record.level, Level::Info);
        prop_assert_eq!(record.message, message);
        prop_assert_eq!(record.module.as_deref(), Some(module_path!()));
        prop_assert!(record.timestamp.is_some());
        prop_assert_eq!(&record.fields["value"], &Value::String(value));
        prop_assert_eq!(&record.fields["debugged"], &Value::String(format!("{debugged:?}")));
    }
}
