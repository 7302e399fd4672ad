//! What was measured over net/rpc, and what was to be reached.

use anyhow::Result;
use comfy_table::{CellAlignment, Table, presets};
use serde::Serialize;

use super::host::Lap;
use super::{GO, Runner};
use crate::harness::cli::Arguments;
use crate::harness::figures::{median, spread};
use crate::harness::output::print;

/// What is to be reached against the plugin in Go: calls per second, at least, and processor time of a
/// call, at most.
const CALLS: f64 = 1.3;
const CPU: f64 = 0.55;

/// Medians over the turns; percentiles of all calls of all turns together.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    side: &'static str,
    #[serde(skip)]
    title: &'static str,
    in_flight: usize,
    calls_per_s: f64,
    p50_us: f64,
    p99_us: f64,
    p999_us: f64,
    cpu_us_per_call: f64,
    /// The same of the host, which is in Go as well.
    host_us_per_call: f64,
    peak_mib: f64,
    /// Against the plugin in Go: the median of the pairs, and how far the middle half is apart.
    ratio_calls: f64,
    ratio_calls_spread: f64,
    ratio_cpu: f64,
    ratio_cpu_spread: f64,
}

impl Row {
    pub(super) fn of(runner: &Runner, in_flight: usize) -> Result<Self> {
        let over = |of: fn(&Lap) -> f64| median(&runner.laps.iter().map(of).collect::<Vec<_>>());
        let ratios = |of: fn(&Lap) -> f64| {
            let pairs = runner.laps.iter().zip(&runner.beside);
            pairs.map(|(lap, beside)| of(lap) / of(beside)).collect::<Vec<_>>()
        };
        let latency = |part| runner.latencies.value_at_quantile(part) as f64 / 1e3;
        let calls = ratios(|lap| lap.calls_per_s);
        let cpu = ratios(|lap| lap.cpu_us_per_call);
        Ok(Self {
            side: runner.id,
            title: runner.title,
            in_flight,
            calls_per_s: over(|lap| lap.calls_per_s),
            p50_us: latency(0.5),
            p99_us: latency(0.99),
            p999_us: latency(0.999),
            cpu_us_per_call: over(|lap| lap.cpu_us_per_call),
            host_us_per_call: over(|lap| lap.host_us_per_call),
            peak_mib: runner.host.peak_mib()?,
            ratio_calls: median(&calls),
            ratio_calls_spread: spread(&calls),
            ratio_cpu: median(&cpu),
            ratio_cpu_spread: spread(&cpu),
        })
    }

    fn cells(&self) -> [String; 11] {
        let ratio = |ratio: f64, spread: f64| format!("{ratio:.3} ±{:.3}", spread / 2.0);
        [
            self.in_flight.to_string(),
            format!("{}: {}", self.side, self.title),
            format!("{:.1}", self.calls_per_s),
            format!("{:.0}", self.p50_us),
            format!("{:.0}", self.p99_us),
            format!("{:.0}", self.p999_us),
            format!("{:.2}", self.cpu_us_per_call),
            format!("{:.2}", self.host_us_per_call),
            format!("{:.1}", self.peak_mib),
            ratio(self.ratio_calls, self.ratio_calls_spread),
            ratio(self.ratio_cpu, self.ratio_cpu_spread),
        ]
    }

    /// Whether it reaches what it is to reach.
    fn verdict(&self) -> String {
        let word = |met: bool| if met { "met" } else { "missed" };
        format!(
            "{} with {} in flight: calls per second {:.2} (at least {CALLS}: {}), processor time {:.2} (at most {CPU}: {})",
            self.side,
            self.in_flight,
            self.ratio_calls,
            word(self.ratio_calls >= CALLS),
            self.ratio_cpu,
            word(self.ratio_cpu <= CPU),
        )
    }
}

/// Writes the rows to stdout, for people or for machines.
pub(super) fn write(rows: &[Row], arguments: &Arguments) -> Result<()> {
    if arguments.json {
        return Ok(print(serde_json::to_string_pretty(rows)?)?);
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header([
        "IN FLIGHT",
        "SIDE",
        "CALLS/S",
        "P50 us",
        "P99 us",
        "P99.9 us",
        "CPU us/CALL",
        "HOST us/CALL",
        "PEAK MiB",
        "CALLS : GO",
        "CPU : GO",
    ]);
    for column in table.column_iter_mut().skip(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    for row in rows {
        table.add_row(row.cells());
    }
    print(table)?;
    for row in rows.iter().filter(|row| row.side != GO.0) {
        print(row.verdict())?;
    }
    Ok(())
}
