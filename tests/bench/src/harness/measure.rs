//! Taking turns: the floor and a side, then the side and the floor, and so on.

use anyhow::{Context as _, Error, Result};
use hdrhistogram::Histogram;

use super::cli::Arguments;
use super::figures::{median, spread};
use super::load::{Order, Pace, histogram};
use super::output::say;
use super::plan::Contest;
use super::program::Programs;
use super::report::{Measured, Row};
use super::server::Server;
use super::side::Side;
use super::turn::{Turn, turn};

/// A turn of whose time the load had so much of a processor is one of the load.
const BUSY: f64 = 0.9;

/// A side among its turns.
struct Runner {
    side: Side,
    server: Server,
    turns: Vec<Turn>,
    /// Of all turns, in nanoseconds.
    latencies: Histogram<u64>,
    /// The floor's turns beside them.
    floors: Vec<Turn>,
    /// Why it is out.
    failed: Option<Error>,
}

/// Measures all contests of a plan. What is measured is in the rows, also when it ends too soon.
pub(crate) async fn all(
    plan: &[Contest],
    programs: &Programs,
    arguments: &Arguments,
    rows: &mut Vec<Row>,
) -> Result<()> {
    for (number, contest) in plan.iter().enumerate() {
        let what = format!("{} at {}", contest.work(), contest.load);
        say(format_args!("{} of {}: {what}", number + 1, plan.len()));
        rows.extend(one(contest, programs, arguments).await.context(what)?);
    }
    Ok(())
}

/// Measures one contest.
async fn one(contest: &Contest, programs: &Programs, arguments: &Arguments) -> Result<Vec<Row>> {
    let mut floor = Runner::start(Side::A, contest, programs, arguments).await?;
    let (mut runners, mut rows) = (Vec::new(), Vec::new());
    for &side in contest.sides.iter().filter(|side| **side != Side::A) {
        match Runner::start(side, contest, programs, arguments).await {
            Ok(runner) => runners.push(runner),
            // What is not ours may not even start; the others are measured all the same.
            Err(why) if side.is_foreign() => {
                say(format_args!("  {side} is missing: {why:#}"));
                rows.push(missing(contest, side, arguments, &why));
            }
            Err(why) => return Err(why),
        }
    }
    for round in 0..arguments.rounds() {
        for runner in runners.iter_mut().filter(|runner| runner.failed.is_none()) {
            let Err(why) = pair(&mut floor, runner, round, contest, arguments).await else {
                continue;
            };
            // And it may break down under a load.
            if !runner.side.is_foreign() {
                return Err(why);
            }
            say(format_args!("  {why:#}"));
            runner.failed = Some(why);
        }
        if runners.is_empty() {
            let alone = floor.turn(contest, arguments).await?;
            floor.turns.push(alone);
        }
    }
    // The floor against itself: how far that is from 1 is how restless the machine is.
    floor.floors = floor.turns.iter().skip(1).chain(floor.turns.first()).copied().collect();
    let listed = |runner: &&Runner| contest.sides.contains(&runner.side);
    let measured = std::iter::once(&floor).chain(&runners).filter(listed);
    let measured = measured.map(|runner| runner.row(contest, arguments));
    let mut measured = measured.collect::<Result<Vec<_>>>()?;
    measured.extend(rows);
    Ok(measured)
}

fn missing(contest: &Contest, side: Side, arguments: &Arguments, why: &Error) -> Row {
    Row::new(contest, side, arguments.rate, Err(format!("{why:#}")))
}

/// A side and the floor, once each. Who goes second finds the machine as the first has left it; so
/// each does as often.
async fn pair(
    floor: &mut Runner,
    runner: &mut Runner,
    round: u32,
    contest: &Contest,
    arguments: &Arguments,
) -> Result<()> {
    let (side, beside) = if round.is_multiple_of(2) {
        let beside = floor.turn(contest, arguments).await?;
        (runner.turn(contest, arguments).await?, beside)
    } else {
        let side = runner.turn(contest, arguments).await?;
        (side, floor.turn(contest, arguments).await?)
    };
    runner.turns.push(side);
    runner.floors.push(beside);
    floor.turns.push(beside);
    Ok(())
}

impl Runner {
    async fn start(
        side: Side,
        contest: &Contest,
        programs: &Programs,
        arguments: &Arguments,
    ) -> Result<Self> {
        let server = Server::start(&programs.of(side, contest.work)?, contest.network).await?;
        if arguments.rehearse {
            say(format_args!("  {} is process {}", side.id(), server.id()?));
        }
        let (turns, floors, latencies) = (Vec::new(), Vec::new(), histogram()?);
        Ok(Self { side, server, turns, latencies, floors, failed: None })
    }

    async fn turn(&mut self, contest: &Contest, arguments: &Arguments) -> Result<Turn> {
        let order = Order {
            target: self.server.target().clone(),
            call: contest.work.call(arguments.rehearse),
            load: contest.load,
            pace: arguments.rate.map_or(Pace::Closed, Pace::Open),
            time: arguments.slice(),
        };
        let turn = turn(self.server.id()?, order).await;
        let (turn, latencies) =
            turn.with_context(|| format!("{}{}", self.side, self.server.last_words()))?;
        self.latencies.add(latencies)?;
        Ok(turn)
    }

    fn row(&self, contest: &Contest, arguments: &Arguments) -> Result<Row> {
        if let Some(why) = &self.failed {
            return Ok(missing(contest, self.side, arguments, why));
        }
        let calls = self.ratios(|turn| turn.calls_per_s);
        let cpu = self.ratios(|turn| turn.cpu_us_per_call);
        let latency = |part| self.latencies.value_at_quantile(part) as f64 / 1e3;
        let closed = arguments.rate.is_none();
        let measured = Measured {
            calls_per_s: self.over(|turn| turn.calls_per_s),
            p50_us: latency(0.5),
            p99_us: latency(0.99),
            p999_us: latency(0.999),
            cpu_us_per_call: self.over(|turn| turn.cpu_us_per_call),
            peak_mib: self.server.peak_mib()?,
            ratio_calls: closed.then(|| median(&calls)),
            ratio_cpu: median(&cpu),
            floor_ratio_spread: closed.then(|| spread(&calls)),
            load_busy: self.over(|turn| turn.load_busy),
            load_bound_turns: self.turns.iter().filter(|turn| turn.load_busy > BUSY).count(),
            turns: self.turns.len(),
            cpu_ratio_spread: spread(&cpu),
            calls_ratios: calls,
            cpu_ratios: cpu,
        };
        Ok(Row::new(contest, self.side, arguments.rate, Ok(measured)))
    }

    /// The median of something over the turns.
    fn over(&self, of: impl Fn(&Turn) -> f64) -> f64 {
        median(&self.turns.iter().map(of).collect::<Vec<_>>())
    }

    /// Of each turn against the floor's beside it.
    fn ratios(&self, of: impl Fn(&Turn) -> f64) -> Vec<f64> {
        let turns = self.turns.iter().zip(&self.floors);
        turns.map(|(side, floor)| of(side) / of(floor)).collect()
    }
}
