//! MessageWillBePosted over net/rpc: Hookwright's plugins in turns with the same plugin in Go, each
//! called by a host made of Mattermost's own packages.

mod host;
mod report;

use anyhow::{Context as _, Result, ensure};
use hdrhistogram::Histogram;

use self::host::{Host, Lap};
use self::report::Row;
use super::cli::Arguments;
use super::load::{Load, histogram};
use super::output::say;
use super::program::Programs;
use super::side::Side;
use super::work::Work;

/// The loads that are measured: so many calls in flight on the one connection that there is.
const IN_FLIGHT: [usize; 2] = [1, 32];
/// What the plugin in Go is called in the report, and what it is.
const GO: (&str, &str) = ("g", "Go, server/public");

/// A plugin among its turns.
struct Runner {
    id: &'static str,
    title: &'static str,
    host: Host,
    laps: Vec<Lap>,
    /// The laps of the plugin in Go beside them.
    beside: Vec<Lap>,
    /// Of all laps, in nanoseconds.
    latencies: Histogram<u64>,
}

/// What the command line asks for.
#[derive(Debug)]
pub(crate) struct Plan {
    sides: Vec<Side>,
    in_flight: Vec<usize>,
}

/// Which sides under which loads. It is an error if there are none.
pub(crate) fn plan(arguments: &Arguments) -> Result<Plan> {
    let sides: Vec<_> =
        [Side::C, Side::D].into_iter().filter(|side| arguments.wants(*side)).collect();
    ensure!(
        !sides.is_empty(),
        "nothing is left to measure: --netrpc is of c and d, --only of others"
    );
    let in_flight = arguments.load.iter().map(|Load { connections, in_flight }| {
        ensure!(*connections == 1, "--load: a host has one connection over net/rpc, such as 1x32");
        Ok(*in_flight)
    });
    let in_flight: Vec<_> = in_flight.collect::<Result<_>>()?;
    let in_flight = if in_flight.is_empty() { IN_FLIGHT.to_vec() } else { in_flight };
    Ok(Plan { sides, in_flight })
}

/// Measures it all, and writes the report.
pub(crate) async fn run(programs: &Programs, arguments: &Arguments, plan: &Plan) -> Result<()> {
    let mut rows = Vec::new();
    let mut done = Ok(());
    for &in_flight in &plan.in_flight {
        let what = format!("{} over net/rpc, {in_flight} in flight", Work::Post200.id());
        say(&what);
        match one(programs, arguments, &plan.sides, in_flight).await.context(what) {
            Ok(measured) => rows.extend(measured),
            Err(why) => {
                done = Err(why);
                break;
            }
        }
    }
    if !arguments.rehearse && !rows.is_empty() {
        report::write(&rows, arguments)?;
    }
    done
}

async fn one(
    programs: &Programs,
    arguments: &Arguments,
    sides: &[Side],
    in_flight: usize,
) -> Result<Vec<Row>> {
    let made = programs.mattermost()?;
    let mut go = Runner::start(GO, Host::start(&made.host, &made.plugin).await, arguments)?;
    let mut runners = Vec::new();
    for side in sides {
        let program = programs.of(*side, Work::Post200)?;
        program.check_build().await?;
        let host = Host::start(&made.host, &program).await;
        runners.push(Runner::start((side.id(), side.title()), host, arguments)?);
    }
    for round in 0..arguments.rounds() {
        for runner in &mut runners {
            // Who goes second finds the machine as the first has left it; so each does as often.
            let (lap, beside) = if round.is_multiple_of(2) {
                let beside = go.turn(arguments, in_flight).await?;
                (runner.turn(arguments, in_flight).await?, beside)
            } else {
                let lap = runner.turn(arguments, in_flight).await?;
                (lap, go.turn(arguments, in_flight).await?)
            };
            runner.laps.push(lap);
            runner.beside.push(beside);
            go.laps.push(beside);
        }
    }
    // Go against itself: how far that is from 1 is how restless the machine is.
    go.beside = go.laps.iter().skip(1).chain(go.laps.first()).copied().collect();
    let rows = std::iter::once(&go).chain(&runners);
    rows.map(|runner| Row::of(runner, in_flight)).collect()
}

impl Runner {
    fn start(
        (id, title): (&'static str, &'static str),
        host: Result<Host>,
        arguments: &Arguments,
    ) -> Result<Self> {
        let host = host.with_context(|| format!("{id}: {title}"))?;
        if arguments.rehearse {
            say(format_args!("  the host of {id} is process {}", host.id()));
            say(format_args!("  {id} is process {}", host.plugin()));
        }
        let latencies = histogram()?;
        Ok(Self { id, title, host, laps: Vec::new(), beside: Vec::new(), latencies })
    }

    async fn turn(&mut self, arguments: &Arguments, in_flight: usize) -> Result<Lap> {
        let lap = self.host.load(in_flight, arguments.slice(), &mut self.latencies).await;
        lap.with_context(|| format!("{}: {}", self.id, self.title))
    }
}
