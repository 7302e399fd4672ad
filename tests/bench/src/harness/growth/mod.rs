//! How costs grow: against entries, plugins, connections, bytes and calls in flight.

mod fit;
mod picture;

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use super::cli::Arguments;
use super::figures::median;
use super::load::{Load, Order, Pace};
use super::output::{print, say};
use super::program::{Program, Programs};
use super::server::Server;
use super::side::Side;
use super::turn::turn;
use super::work::{Call, Network, Work, posted};
use super::{report, steps};

/// How often a start is timed.
const STARTS: usize = 11;
/// Entries that are linked and that nobody calls.
const ENTRIES: [u64; 4] = [10, 100, 1_000, 10_000];

/// How something grew.
#[derive(Debug)]
pub(crate) struct Growth {
    /// Against what, and in what it is measured.
    title: String,
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    name: &'static str,
    /// How many, and what each cost.
    points: Vec<(f64, f64)>,
}

/// A server that is measured, with a name for it.
struct Measured {
    name: &'static str,
    program: Program,
}

/// Measures, prints and draws all of it.
pub(crate) async fn report(programs: &Programs, arguments: &Arguments) -> Result<()> {
    let mut all = Vec::new();
    all.push(start_up(programs).await?);
    all.push(instructions(programs).await?);
    let bench = Bench { programs, arguments };
    let entries = ENTRIES.map(|entries| {
        let linked = programs.beside(&format!("bench_linked_{entries}"));
        let one = Measured { name: "Hookwright, async", program: linked };
        (entries, vec![one], Load { connections: 1, in_flight: 32 }, posted(200, false, 1))
    });
    all.push(bench.grow("linked entries", entries.into()).await?);
    let plugins = [(1, Work::Post200), (4, Work::Chain4), (16, Work::Chain16)];
    let mut points = Vec::new();
    for (plugins, work) in plugins {
        let load = Load { connections: 1, in_flight: 32 };
        points.push((plugins, bench.both(work)?, load, work.call(false)));
    }
    all.push(bench.grow("plugins", points).await?);
    let mut points = Vec::new();
    for connections in [1, 2, 4, 8] {
        let load = Load { connections, in_flight: 16 };
        points.push((
            connections as u64,
            bench.both(Work::Post200)?,
            load,
            Work::Post200.call(false),
        ));
    }
    all.push(bench.grow("connections", points).await?);
    let mut points = Vec::new();
    for bytes in [200, 1 << 10, 4 << 10, 16 << 10, 60 << 10] {
        let load = Load { connections: 1, in_flight: 32 };
        points.push((bytes as u64, bench.both(Work::Post200)?, load, posted(bytes, false, 1)));
    }
    all.push(bench.grow("bytes of a post", points).await?);
    let mut points = Vec::new();
    for in_flight in [1, 8, 32, 128, 256] {
        let load = Load { connections: 1, in_flight };
        points.push((
            in_flight as u64,
            bench.both(Work::Post200)?,
            load,
            Work::Post200.call(false),
        ));
    }
    all.push(bench.grow("calls in flight", points).await?);

    for growth in &all {
        print(&growth.title)?;
        for line in &growth.lines {
            let points: Vec<_> =
                line.points.iter().map(|(x, y)| format!("{x:.0}: {y:.2}")).collect();
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

/// From exec to the handshake.
async fn start_up(programs: &Programs) -> Result<Growth> {
    let mut points = Vec::new();
    for entries in ENTRIES {
        let program = programs.beside(&format!("bench_linked_{entries}"));
        program.check_build().await?;
        let mut times = Vec::new();
        for _ in 0..STARTS {
            let begun = Instant::now();
            let server = Server::start_unchecked(&program, Network::Tcp).await?;
            times.push(begun.elapsed().as_secs_f64() * 1e3);
            drop(server);
        }
        points.push((entries as f64, median(&times)));
    }
    let title = "from exec to the handshake in ms, against linked entries".to_owned();
    Ok(Growth { title, lines: vec![Line { name: "Hookwright", points }] })
}

/// Of one call, with no kernel and no socket in it.
async fn instructions(programs: &Programs) -> Result<Growth> {
    let mut points = Vec::new();
    for entries in ENTRIES {
        let count = steps::instructions(programs, "dispatch-async", entries).await;
        let Ok(count) = count else {
            say("instructions are not counted: there is no valgrind");
            break;
        };
        points.push((entries as f64, count));
    }
    let title = "instructions of the dispatch of a call, against registered entries".to_owned();
    Ok(Growth { title, lines: vec![Line { name: "Hookwright, async", points }] })
}

struct Bench<'a> {
    programs: &'a Programs,
    arguments: &'a Arguments,
}

/// How many there are, what is measured, under which load, by which call.
type Point = (u64, Vec<Measured>, Load, Call);

impl Bench<'_> {
    fn both(&self, work: Work) -> Result<Vec<Measured>> {
        let floor = self.programs.of(Side::A, work)?;
        let ours = self.programs.of(Side::C, work)?;
        Ok(vec![
            Measured { name: "Hookwright, async", program: ours },
            Measured { name: "the floor", program: floor },
        ])
    }

    /// The processor time of a call against something.
    async fn grow(&self, against: &str, points: Vec<Point>) -> Result<Growth> {
        let mut lines: Vec<Line> = Vec::new();
        for (number, measured, load, call) in points {
            say(format_args!("{number} {against}"));
            let cost = self.costs(&measured, load, &call).await;
            let costs = cost.with_context(|| format!("{number} {against}"))?;
            for (measured, cost) in measured.iter().zip(costs) {
                match lines.iter_mut().find(|line| line.name == measured.name) {
                    Some(line) => line.points.push((number as f64, cost)),
                    None => {
                        let points = vec![(number as f64, cost)];
                        lines.push(Line { name: measured.name, points });
                    }
                }
            }
        }
        let title = format!("processor us of a call, against {against}");
        Ok(Growth { title, lines })
    }

    /// In turns, the median of each.
    async fn costs(&self, sides: &[Measured], load: Load, call: &Call) -> Result<Vec<f64>> {
        let mut servers = Vec::new();
        for side in sides {
            servers.push((Server::start(&side.program, Network::Tcp).await?, Vec::new()));
        }
        for _ in 0..self.arguments.rounds() {
            for (server, costs) in &mut servers {
                let order = Order {
                    target: server.target().clone(),
                    call: call.clone(),
                    load,
                    pace: Pace::Closed,
                    time: self.arguments.slice().min(Duration::from_secs(1)),
                };
                costs.push(turn(server.id()?, order).await?.cpu_us_per_call);
            }
        }
        Ok(servers.iter().map(|(_, costs)| median(costs)).collect())
    }
}
