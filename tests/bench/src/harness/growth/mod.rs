//! How costs grow: against entries, plugins, connections, bytes and calls in flight.

mod alone;
mod fit;
mod picture;
mod turns;

use anyhow::Result;

use self::turns::{Bench, Place};
use super::cli::Arguments;
use super::load::Load;
use super::output::{print, say};
use super::program::{Program, Programs};
use super::report;
use super::work::{Work, posted};

pub(crate) use self::alone::start_up_of;

/// Entries that are linked and that nobody calls.
const ENTRIES: [usize; 4] = [10, 100, 1_000, 10_000];
/// What is measured beside the floor.
const OURS: &str = "Hookwright, async";

/// How something grew.
#[derive(Debug)]
struct Growth {
    /// Against what, and in what it is measured.
    title: String,
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    name: &'static str,
    points: Vec<Point>,
}

/// How many there were, and what each cost.
#[derive(Debug, Clone, Copy)]
struct Point {
    number: f64,
    cost: f64,
    /// How far the middle half of what was measured is apart.
    spread: f64,
}

/// A server that is measured, with a name for it.
struct Measured {
    name: &'static str,
    program: Program,
}

/// Measures, prints and draws all of it.
pub(crate) async fn report(programs: &Programs, arguments: &Arguments) -> Result<()> {
    let bench = Bench { arguments };
    let call = Work::Post200.call(false);
    let load = |connections, in_flight| Load { connections, in_flight };
    let both = |work| {
        vec![
            Measured { name: OURS, program: programs.plugin("async", work) },
            Measured { name: "the floor", program: programs.floor("inline", work) },
        ]
    };
    let one = |number, load, call| Place { number, sides: both(Work::Post200), load, call };
    let entries = ENTRIES.map(|number| {
        let program = programs.beside(&format!("bench_linked_{number}"));
        let sides = vec![Measured { name: OURS, program }];
        Place { number, sides, load: load(1, 32), call: call.clone() }
    });
    let plugins = [Work::Post200, Work::Chain4, Work::Chain16].map(|work| Place {
        number: work.plugins(),
        sides: both(work),
        load: load(1, 32),
        call: work.call(false),
    });
    let connections = [1, 2, 4, 8].map(|number| one(number, load(number, 16), call.clone()));
    let bytes = [200, 1 << 10, 4 << 10, 16 << 10, 60 << 10];
    let bytes = bytes.map(|number| one(number, load(1, 32), posted(number, false, 1)));
    let in_flight = [1, 8, 32, 128, 256].map(|number| one(number, load(1, number), call.clone()));
    let mut all = vec![alone::start_up(programs).await?];
    match alone::instructions(programs).await {
        Ok(growth) => all.push(growth),
        Err(why) => say(format_args!("instructions are not counted: {why:#}")),
    }
    all.push(bench.grow("linked entries", entries.into()).await?);
    all.push(bench.grow("plugins", plugins.into()).await?);
    all.push(bench.grow("connections", connections.into()).await?);
    all.push(bench.grow("bytes of a post", bytes.into()).await?);
    all.push(bench.grow("calls in flight", in_flight.into()).await?);
    for growth in &all {
        print(&growth.title)?;
        for line in &growth.lines {
            let points = line.points.iter().map(|Point { number, cost, spread }| {
                format!("{number:.0}: {cost:.2} ±{:.2}", spread / 2.0)
            });
            let points: Vec<_> = points.collect();
            print(format_args!("  {:24} {}", line.name, points.join("  ")))?;
            print(format_args!("  {:24} {}", "", fit::order(&line.points)))?;
        }
    }
    let path =
        arguments.chart.clone().map_or_else(|| report::beside("hookwright-growth.svg"), Ok)?;
    picture::draw(&all, &path)?;
    say(format_args!("the picture is in {}", path.display()));
    Ok(())
}
