//! A record that would be longer than what the host reads at once.

use proptest::prelude::*;
use tracing::info;

use super::{lines, record};
use crate::log::line::LIMIT;
use crate::log::{Level, LogLine};

#[test]
fn a_long_record_stays_one_line_and_counts_what_it_lost() {
    let long = "é\"".repeat(50 * 1024);
    let written = record(|| info!(short = "kept", other = %long, "{long}"));
    let (message, other) =
        (written["@message"].as_str().unwrap(), written["other"].as_str().unwrap());
    assert!(long.starts_with(message) && long.starts_with(other));
    assert!(message.len() > 20 * 1024 && other.len() > 20 * 1024);
    assert_eq!(written["short"], "kept");
    assert_eq!(written["truncated_bytes"], 2 * long.len() - message.len() - other.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_length_fits(unit in "\\PC|\\n|\"|\\x01", message in 0..90_000usize, value in 0..90_000usize) {
        let (message, value) = (unit.repeat(message), unit.repeat(value));
        let lines = lines(Level::Info, |_| info!(value, "{message}"));
        let record = LogLine::parse(&lines[0]).unwrap();
        let kept = record.message.len() + record.fields["value"].as_str().unwrap().len();
        let cut = record.fields.get("truncated_bytes").map_or(0, |cut| cut.as_u64().unwrap());
        prop_assert_eq!(kept as u64 + cut, (message.len() + value.len()) as u64);
        // Nothing is cut without need.
        prop_assert!(cut == 0 || lines[0].len() > LIMIT - 64);
    }
}
