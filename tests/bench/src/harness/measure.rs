//! Taking turns: the floor and a side, then the side and the floor, and so on.

use anyhow::{Context as _, Error, Result};

use super::cli::Arguments;
use super::figures::{median, spread};
use super::load::{Order, Pace};
use super::output::say;
use super::plan::Contest;
use super::program::Programs;
use super::report::{Measured, Row};
use super::server::Server;
use super::side::Side;
use super::turn::{Turn, turn};

/// A side among its turns.
struct Runner {
    side: Side,
    server: Server,
    turns: Vec<Turn>,
    /// The floor's turns beside them.
    floors: Vec<Turn>,
    /// Why it is out.
    failed: Option<Error>,
}

/// Measures all contests of a plan.
pub(crate) async fn all(
    plan: &[Contest],
    programs: &Programs,
    arguments: &Arguments,
) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (number, contest) in plan.iter().enumerate() {
        let what = format!("{} at {}", contest.work(), contest.load);
        say(format_args!("{} of {}: {what}", number + 1, plan.len()));
        rows.extend(one(contest, programs, arguments).await.context(what)?);
    }
    Ok(rows)
}

/// Measures one contest.
async fn one(contest: &Contest, programs: &Programs, arguments: &Arguments) -> Result<Vec<Row>> {
    let mut floor = Runner::start(Side::A, contest, programs, arguments).await?;
    let (mut runners, mut rows) = (Vec::new(), Vec::new());
    for &side in contest.sides.iter().filter(|side| **side != Side::A) {
        match programs.of(side, contest.work) {
            Ok(_) => runners.push(Runner::start(side, contest, programs, arguments).await?),
            Err(why) => {
                say(format_args!("  {side} is missing: {why:#}"));
                rows.push(Row::missing(contest, side, &why));
            }
        }
    }
    for round in 0..arguments.rounds() {
        for runner in runners.iter_mut().filter(|runner| runner.failed.is_none()) {
            let Err(why) = pair(&mut floor, runner, round, contest, arguments).await else {
                continue;
            };
            // What is not ours may break down under a load; the others are measured all the same.
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
    let mut measured = measured.map(|runner| runner.row(contest)).collect::<Result<Vec<_>>>()?;
    measured.extend(rows);
    Ok(measured)
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
        Ok(Self { side, server, turns: Vec::new(), floors: Vec::new(), failed: None })
    }

    async fn turn(&self, contest: &Contest, arguments: &Arguments) -> Result<Turn> {
        let order = Order {
            target: self.server.target().clone(),
            call: contest.work.call(arguments.rehearse),
            load: contest.load,
            pace: arguments.rate.map_or(Pace::Closed, Pace::Open),
            time: arguments.slice(),
        };
        let turn = turn(self.server.id()?, order).await;
        turn.with_context(|| format!("{}{}", self.side, self.server.last_words()))
    }

    fn row(&self, contest: &Contest) -> Result<Row> {
        if let Some(why) = &self.failed {
            return Ok(Row::missing(contest, self.side, why));
        }
        let calls = self.ratios(|turn| turn.calls_per_s);
        let cpu = self.ratios(|turn| turn.cpu_us_per_call);
        let measured = Measured {
            calls_per_s: self.over(|turn| turn.calls_per_s),
            p50_us: self.over(|turn| turn.latencies_us[0]),
            p99_us: self.over(|turn| turn.latencies_us[1]),
            p999_us: self.over(|turn| turn.latencies_us[2]),
            cpu_us_per_call: self.over(|turn| turn.cpu_us_per_call),
            peak_mib: self.server.peak_mib()?,
            ratio_calls: median(&calls),
            ratio_cpu: median(&cpu),
            floor_ratio_spread: spread(&calls),
            cpu_ratio_spread: spread(&cpu),
            calls_ratios: calls,
            cpu_ratios: cpu,
        };
        Ok(Row::new(contest, self.side, measured))
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
