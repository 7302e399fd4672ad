//! The rows of the report, and where they go.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde::Serialize;

use super::cli::Arguments;
use super::load::Load;
use super::output::{print, say};
use super::plan::Contest;
use super::side::Side;
use super::{against, chart, table};

/// A row of the report.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) side: Side,
    pub(crate) work: String,
    pub(crate) load: Load,
    /// Of an open loop: calls a second.
    pub(crate) rate: Option<u32>,
    /// What was measured, or why it could not be.
    pub(crate) measured: Result<Measured, String>,
}

/// Medians over the turns; percentiles of all calls of all turns together.
#[derive(Debug, Serialize)]
pub(crate) struct Measured {
    pub(crate) calls_per_s: f64,
    pub(crate) p50_us: f64,
    pub(crate) p99_us: f64,
    pub(crate) p999_us: f64,
    pub(crate) cpu_us_per_call: f64,
    pub(crate) peak_mib: f64,
    /// Against the floor of the same alternation; none of an open loop, whose calls are as many as
    /// were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ratio_calls: Option<f64>,
    pub(crate) ratio_cpu: f64,
    /// How far the middle half of the ratios of calls is apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) floor_ratio_spread: Option<f64>,
    /// The part of the time for which the busiest thread of the load had a processor.
    pub(crate) load_busy: f64,
    /// The turns in which that was so much that it is the load that was measured.
    pub(crate) load_bound_turns: usize,
    #[serde(skip)]
    pub(crate) turns: usize,
    #[serde(skip)]
    pub(crate) cpu_ratio_spread: f64,
    /// Each ratio, in the order of the turns.
    #[serde(skip)]
    pub(crate) calls_ratios: Vec<f64>,
    #[serde(skip)]
    pub(crate) cpu_ratios: Vec<f64>,
}

/// A row as machines read it.
#[derive(Debug, Serialize)]
struct Object<'a> {
    side: &'static str,
    work: &'a str,
    connections: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_flight: Option<usize>,
    #[serde(flatten)]
    measured: &'a Measured,
}

impl Row {
    pub(crate) fn new(
        contest: &Contest,
        side: Side,
        rate: Option<u32>,
        measured: Result<Measured, String>,
    ) -> Self {
        Self { side, work: contest.work(), load: contest.load, rate, measured }
    }

    /// How it was loaded, in a word.
    pub(crate) fn load(&self) -> String {
        match self.rate {
            Some(rate) => format!("{} at {rate}/s", self.load.connections),
            None => self.load.to_string(),
        }
    }

    fn object(&self) -> Option<Object<'_>> {
        let measured = self.measured.as_ref().ok()?;
        let Load { connections, in_flight } = self.load;
        let in_flight = self.rate.is_none().then_some(in_flight);
        Some(Object { side: self.side.id(), work: &self.work, connections, in_flight, measured })
    }
}

/// Writes the report: to stdout for people or for machines, and a chart.
pub(crate) fn write(rows: &[Row], arguments: &Arguments) -> Result<()> {
    if arguments.json {
        let objects: Vec<_> = rows.iter().filter_map(Row::object).collect();
        print(serde_json::to_string_pretty(&objects)?)?;
    } else {
        print(table::table(rows))?;
        for remark in table::missing(rows).into_iter().chain(table::load_bound(rows)) {
            print(remark)?;
        }
        print(against::lines(rows))?;
    }
    if arguments.rate.is_some() {
        return Ok(());
    }
    let path = arguments.chart.clone().map_or_else(|| beside("hookwright-bench.svg"), Ok)?;
    chart::draw(rows, &path)?;
    say(format_args!("the chart is in {}", path.display()));
    Ok(())
}

/// A file beside this program.
pub(crate) fn beside(name: &str) -> Result<PathBuf> {
    let me = std::env::current_exe().context("this program has no path")?;
    Ok(me.with_file_name(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(rate: Option<u32>) -> Row {
        let measured = Measured {
            calls_per_s: 1.0,
            p50_us: 2.0,
            p99_us: 3.0,
            p999_us: 4.0,
            cpu_us_per_call: 5.0,
            peak_mib: 6.0,
            ratio_calls: rate.is_none().then_some(7.0),
            ratio_cpu: 8.0,
            floor_ratio_spread: rate.is_none().then_some(9.0),
            load_busy: 0.5,
            load_bound_turns: 1,
            turns: 2,
            cpu_ratio_spread: 10.0,
            calls_ratios: vec![7.0],
            cpu_ratios: vec![8.0],
        };
        let load = Load { connections: 2, in_flight: 64 };
        let work = "post-200".to_owned();
        Row { side: Side::EThread, work, load, rate, measured: Ok(measured) }
    }

    #[test]
    fn an_object_has_the_fields_that_are_documented() {
        let object = serde_json::to_value(row(None).object()).unwrap();
        let expected = serde_json::json!({
            "side": "e-thread", "work": "post-200", "connections": 2, "in_flight": 64,
            "calls_per_s": 1.0, "p50_us": 2.0, "p99_us": 3.0, "p999_us": 4.0,
            "cpu_us_per_call": 5.0, "peak_mib": 6.0, "ratio_calls": 7.0, "ratio_cpu": 8.0,
            "floor_ratio_spread": 9.0, "load_busy": 0.5, "load_bound_turns": 1,
        });
        assert_eq!(object, expected);
    }

    #[test]
    fn of_an_open_loop_neither_calls_in_flight_nor_their_ratio_are_told() {
        let object = serde_json::to_value(row(Some(5000)).object()).unwrap();
        for absent in ["in_flight", "ratio_calls", "floor_ratio_spread"] {
            assert_eq!(object.get(absent), None, "{absent}");
        }
        assert_eq!(row(Some(5000)).load(), "2 at 5000/s");
    }
}
