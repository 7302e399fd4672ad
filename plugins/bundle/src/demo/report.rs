//! What happened, by hook.

use std::collections::BTreeMap;
use std::time::Duration;

use comfy_table::{CellAlignment, Table, presets};
use hdrhistogram::Histogram;
use hookwright::HookName;
use serde::Serialize;
use serde_json::{Value, json};

use super::story::Story;

/// How one call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Allowed,
    Replaced,
    Rejected,
    /// Refused without telling the author.
    Dropped,
    Failed,
}

/// The calls of one hook.
#[derive(Debug)]
pub(super) struct Tally {
    allowed: u64,
    replaced: u64,
    rejected: u64,
    dropped: u64,
    failed: u64,
    micros: Histogram<u64>,
}

impl Default for Tally {
    fn default() -> Self {
        let micros = Histogram::new_with_bounds(1, 60_000_000, 3)
            .unwrap_or_else(|_| unreachable!("the bounds are valid"));
        Self { allowed: 0, replaced: 0, rejected: 0, dropped: 0, failed: 0, micros }
    }
}

impl Tally {
    pub(super) fn add(&mut self, outcome: Outcome, took: Duration) {
        match outcome {
            Outcome::Allowed => self.allowed += 1,
            Outcome::Replaced => self.replaced += 1,
            Outcome::Rejected => self.rejected += 1,
            Outcome::Dropped => self.dropped += 1,
            Outcome::Failed => self.failed += 1,
        }
        self.micros.saturating_record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX).max(1));
    }
}

/// A row of the summary.
#[derive(Debug, Serialize)]
struct Row {
    hook: &'static str,
    calls: u64,
    allowed: u64,
    replaced: u64,
    rejected: u64,
    dropped: u64,
    failed: u64,
    p50_us: u64,
    p99_us: u64,
}

fn rows(tallies: &BTreeMap<HookName, Tally>) -> Vec<Row> {
    tallies
        .iter()
        .map(|(hook, tally)| Row {
            hook: hook.as_str(),
            calls: tally.micros.len(),
            allowed: tally.allowed,
            replaced: tally.replaced,
            rejected: tally.rejected,
            dropped: tally.dropped,
            failed: tally.failed,
            p50_us: tally.micros.value_at_quantile(0.5),
            p99_us: tally.micros.value_at_quantile(0.99),
        })
        .collect()
}

/// The summary for a person.
pub(super) fn table(tallies: &BTreeMap<HookName, Tally>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header([
        "HOOK", "CALLS", "ALLOWED", "REPLACED", "REJECTED", "DROPPED", "FAILED", "P50", "P99",
    ]);
    for row in rows(tallies) {
        let counts = [row.calls, row.allowed, row.replaced, row.rejected, row.dropped, row.failed];
        let times = [row.p50_us, row.p99_us].map(|micros| format!("{micros} µs"));
        let cells = std::iter::once(row.hook.to_owned());
        table.add_row(cells.chain(counts.map(|count| count.to_string())).chain(times));
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.to_string()
}

/// The summary for a program.
pub(super) fn json(
    tallies: &BTreeMap<HookName, Tally>,
    story: &Story,
    surprises: &[String],
) -> Value {
    json!({ "hooks": rows(tallies), "plugins": story.json(), "surprises": surprises })
}
