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
    /// What was measured, or why it could not be.
    pub(crate) measured: Result<Measured, String>,
}

/// Medians over the turns.
#[derive(Debug, Serialize)]
pub(crate) struct Measured {
    pub(crate) calls_per_s: f64,
    pub(crate) p50_us: f64,
    pub(crate) p99_us: f64,
    pub(crate) p999_us: f64,
    pub(crate) cpu_us_per_call: f64,
    pub(crate) peak_mib: f64,
    /// Against the floor of the same alternation.
    pub(crate) ratio_calls: f64,
    pub(crate) ratio_cpu: f64,
    /// How far the middle half of the ratios of calls is apart.
    pub(crate) floor_ratio_spread: f64,
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
    in_flight: usize,
    #[serde(flatten)]
    measured: &'a Measured,
}

impl Row {
    pub(crate) fn new(contest: &Contest, side: Side, measured: Measured) -> Self {
        Self { side, work: contest.work(), load: contest.load, measured: Ok(measured) }
    }

    pub(crate) fn missing(contest: &Contest, side: Side, why: &anyhow::Error) -> Self {
        let why = format!("{why:#}");
        Self { side, work: contest.work(), load: contest.load, measured: Err(why) }
    }

    fn object(&self) -> Option<Object<'_>> {
        let measured = self.measured.as_ref().ok()?;
        let Load { connections, in_flight } = self.load;
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
        for reason in table::missing(rows) {
            print(reason)?;
        }
        print(against::lines(rows))?;
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

    #[test]
    fn an_object_has_the_fields_that_are_documented() {
        let measured = Measured {
            calls_per_s: 1.0,
            p50_us: 2.0,
            p99_us: 3.0,
            p999_us: 4.0,
            cpu_us_per_call: 5.0,
            peak_mib: 6.0,
            ratio_calls: 7.0,
            ratio_cpu: 8.0,
            floor_ratio_spread: 9.0,
            cpu_ratio_spread: 10.0,
            calls_ratios: vec![7.0],
            cpu_ratios: vec![8.0],
        };
        let load = Load { connections: 2, in_flight: 64 };
        let work = "post-200".to_owned();
        let row = Row { side: Side::EThread, work, load, measured: Ok(measured) };
        let object = serde_json::to_value(row.object()).unwrap();
        let expected = serde_json::json!({
            "side": "e-thread", "work": "post-200", "connections": 2, "in_flight": 64,
            "calls_per_s": 1.0, "p50_us": 2.0, "p99_us": 3.0, "p999_us": 4.0,
            "cpu_us_per_call": 5.0, "peak_mib": 6.0, "ratio_calls": 7.0, "ratio_cpu": 8.0,
            "floor_ratio_spread": 9.0,
        });
        assert_eq!(object, expected);
    }
}
