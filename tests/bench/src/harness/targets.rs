//! What is to be reached, each with what this run has measured.

use anyhow::Result;
use comfy_table::{Table, presets};

use super::against::{Of, against};
use super::figures::{median, spread};
use super::growth;
use super::output::print;
use super::program::Programs;
use super::report::{Measured, Row};
use super::side::Side;
use super::steps;
use super::work::Work;

/// On which side of a bound it is good to be.
#[derive(Debug, Clone, Copy)]
enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

/// A figure, or why there is none, against what it must reach.
#[derive(Debug)]
struct Target {
    what: String,
    bound: Bound,
    /// The median, and how far the middle half is apart.
    measured: Result<(f64, f64), String>,
}

/// Measures what the rows do not have, and prints each target.
pub(crate) async fn report(rows: &[Row], programs: &Programs) -> Result<()> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["TARGET", "MUST REACH", "MEASURED", ""]);
    let mut all = of_rows(rows);
    all.extend(of_steps(programs).await);
    let starts = growth::start_up_of(&programs.plugin("async", Work::Post200)).await?;
    all.push(Target {
        what: "from exec to the handshake, ms".to_owned(),
        bound: Bound::AtMost(15.0),
        measured: Ok((median(&starts), spread(&starts))),
    });
    for target in &all {
        table.add_row(target.cells());
    }
    let (words, met) = match steps::entries(programs).await {
        Ok(Ok(words)) => (words, "met"),
        Ok(Err(words)) => (words, "MISSED"),
        Err(why) => (format!("{why:#}"), "not measured"),
    };
    table.add_row(["what 10,000 entries cost a call", "nothing", &words, met]);
    Ok(print(table)?)
}

impl Target {
    fn cells(&self) -> [String; 4] {
        let (bound, met) = match (self.bound, &self.measured) {
            (Bound::AtLeast(least), Ok((median, _))) => (format!("≥ {least}"), *median >= least),
            (Bound::AtMost(most), Ok((median, _))) => (format!("≤ {most}"), *median <= most),
            (Bound::AtLeast(least), Err(_)) => (format!("≥ {least}"), false),
            (Bound::AtMost(most), Err(_)) => (format!("≤ {most}"), false),
        };
        let (measured, word) = match (&self.measured, met) {
            (Ok((median, spread)), met) => {
                let word = if met { "met" } else { "MISSED" };
                (format!("{median:.3} ±{:.3}", spread / 2.0), word)
            }
            (Err(why), _) => (why.clone(), "not measured"),
        };
        [self.what.clone(), bound, measured, word.to_owned()]
    }
}

/// The targets that are ratios of servers under load.
fn of_rows(rows: &[Row]) -> Vec<Target> {
    let floor = |side: Side, what: &str, work: &str, load: &str, bound, of: fn(&Measured) -> _| {
        let row =
            rows.iter().find(|row| row.side == side && row.work == work && row.load() == load);
        let measured = row.map_or(Err("there is no such row".to_owned()), |row| {
            row.measured.as_ref().map(of).map_err(Clone::clone)
        });
        Target {
            what: format!("{side}, {what} against the floor, {work} at {load}"),
            bound,
            measured,
        }
    };
    let calls = |it: &Measured| (median(&it.calls_ratios), spread(&it.calls_ratios));
    let cpu = |it: &Measured| (it.ratio_cpu, it.cpu_ratio_spread);
    let mut all = Vec::new();
    for load in ["1x32", "2x64"] {
        all.push(floor(Side::C, "calls/s", "post-200", load, Bound::AtLeast(0.98), calls));
        all.push(floor(Side::C, "CPU per call", "post-200", load, Bound::AtMost(1.03), cpu));
    }
    all.push(floor(Side::D, "calls/s", "post-200", "2x64", Bound::AtLeast(0.85), calls));
    for work in ["http-down-1g", "http-up-1g"] {
        all.push(floor(Side::C, "calls/s", work, "1x1", Bound::AtLeast(0.9), calls));
    }
    for (side, other, of, work, least) in [
        (Side::D, Side::B, Of::Calls, "post-200", 1.0),
        (Side::C, Side::E, Of::Calls, "post-200", 10.0),
        (Side::D, Side::EThread, Of::Calls, "post-200", 15.0),
        (Side::C, Side::F, Of::CallsPerCpu, "post-200/unix", 1.45),
    ] {
        let what = |load: &str| {
            let of = if of == Of::Calls { "calls/s" } else { "calls per CPU second" };
            format!("{side}, {of} against {}, {work} at {load}", other.id())
        };
        let found = against(rows, side, other, of);
        let found: Vec<_> = found.into_iter().filter(|it| it.row.work == work).collect();
        if found.is_empty() {
            let why = rows
                .iter()
                .find(|row| row.side == other)
                .and_then(|row| row.measured.as_ref().err());
            let why = why.cloned().unwrap_or_else(|| "there are no such rows".to_owned());
            all.push(Target {
                what: what("any"),
                bound: Bound::AtLeast(least),
                measured: Err(why),
            });
        }
        for it in found {
            let load = it.row.load();
            // With one call at a time the plugin in Go sleeps between calls, and wakes up dearly.
            let least = if of == Of::CallsPerCpu && load == "1x1" { 2.2 } else { least };
            let measured = Ok((it.ratio, it.spread));
            all.push(Target { what: what(&load), bound: Bound::AtLeast(least), measured });
        }
    }
    all
}

/// Those of the dispatch alone.
async fn of_steps(programs: &Programs) -> Vec<Target> {
    let time = steps::time(programs, steps::DISPATCH, steps::FEW).await;
    let allocations = async {
        let floor = format!("{}-floor", steps::DISPATCH);
        let all = steps::allocations(programs, steps::DISPATCH, steps::FEW).await?;
        Ok((all - steps::allocations(programs, &floor, steps::FEW).await?, 0.0))
    };
    let allocations: Result<_> = allocations.await;
    vec![
        Target {
            what: "dispatch added to a direct call, ns".to_owned(),
            bound: Bound::AtMost(150.0),
            measured: time.map(|it| (it.added, it.spread)).map_err(|why| format!("{why:#}")),
        },
        Target {
            what: "dispatch added to a direct call, allocations (the handler's own future is one)"
                .to_owned(),
            bound: Bound::AtMost(1.0),
            measured: allocations.map_err(|why| format!("{why:#}")),
        },
    ]
}
