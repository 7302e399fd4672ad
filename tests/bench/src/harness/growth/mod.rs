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
use super::turn::turn;
use super::work::{Call, Network, Work, posted};
use super::{report, steps};

/// How often a start is timed.
const STARTS: usize = 11;
/// Entries that are linked and that nobody calls.
const ENTRIES: [usize; 4] = [10, 100, 1_000, 10_000];
/// What is measured beside the floor.
const OURS: &str = "Hookwright, async";

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
    let bench = Bench { programs, arguments };
    let call = Work::Post200.call(false);
    let load = |connections, in_flight| Load { connections, in_flight };
    let both =
        |number: usize, load, call| Point { number, sides: bench.both(Work::Post200), load, call };
    let entries = ENTRIES.map(|number| {
        let program = programs.beside(&format!("bench_linked_{number}"));
        let sides = vec![Measured { name: OURS, program }];
        Point { number, sides, load: load(1, 32), call: call.clone() }
    });
    let plugins = [Work::Post200, Work::Chain4, Work::Chain16].map(|work| Point {
        number: work.plugins(),
        sides: bench.both(work),
        load: load(1, 32),
        call: work.call(false),
    });
    let connections = [1, 2, 4, 8].map(|number| both(number, load(number, 16), call.clone()));
    let bytes = [200, 1 << 10, 4 << 10, 16 << 10, 60 << 10];
    let bytes = bytes.map(|number| both(number, load(1, 32), posted(number, false, 1)));
    let in_flight = [1, 8, 32, 128, 256].map(|number| both(number, load(1, number), call.clone()));
    let all = [
        start_up(programs).await?,
        instructions(programs).await?,
        bench.grow("linked entries", entries.into()).await?,
        bench.grow("plugins", plugins.into()).await?,
        bench.grow("connections", connections.into()).await?,
        bench.grow("bytes of a post", bytes.into()).await?,
        bench.grow("calls in flight", in_flight.into()).await?,
    ];
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
    Ok(Growth { title, lines: vec![Line { name: OURS, points }] })
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
    Ok(Growth { title, lines: vec![Line { name: OURS, points }] })
}

struct Bench<'a> {
    programs: &'a Programs,
    arguments: &'a Arguments,
}

/// How many there are of something, and what is measured with as many.
struct Point {
    number: usize,
    sides: Vec<Measured>,
    load: Load,
    call: Call,
}

impl Bench<'_> {
    fn both(&self, work: Work) -> Vec<Measured> {
        vec![
            Measured { name: OURS, program: self.programs.plugin("async", work) },
            Measured { name: "the floor", program: self.programs.floor("inline", work) },
        ]
    }

    /// The processor time of a call against something.
    async fn grow(&self, against: &str, points: Vec<Point>) -> Result<Growth> {
        let mut lines: Vec<Line> = Vec::new();
        for Point { number, sides, load, call } in points {
            let what = format!("{number} {against}");
            say(&what);
            let costs = self.costs(&sides, load, &call).await.context(what)?;
            for (Measured { name, .. }, cost) in sides.iter().zip(costs) {
                let point = (number as f64, cost);
                match lines.iter_mut().find(|line| line.name == *name) {
                    Some(line) => line.points.push(point),
                    None => lines.push(Line { name, points: vec![point] }),
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
