//! Taking turns: a side and the floor, then the floor and the side, and so on.

use std::time::Duration;

use anyhow::{Context as _, Result};

use super::cli::Arguments;
use super::figures::{median, spread};
use super::load::{self, Order, Pace};
use super::output::say;
use super::plan::Contest;
use super::program::Programs;
use super::report::{Measured, Row};
use super::server::{Server, cpu_time};
use super::side::Side;

/// What one turn came to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Turn {
    pub(crate) calls_per_s: f64,
    pub(crate) cpu_us_per_call: f64,
    /// p50, p99 and p99.9.
    pub(crate) latencies_us: [f64; 3],
}

/// A side among its turns.
struct Runner {
    side: Side,
    server: Server,
    turns: Vec<Turn>,
    /// The floor's turns beside them.
    floors: Vec<Turn>,
}

/// Measures all contests of a plan.
pub(crate) async fn all(
    plan: &[Contest],
    programs: &Programs,
    arguments: &Arguments,
) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (number, contest) in plan.iter().enumerate() {
        say(format_args!(
            "{} of {}: {} at {}",
            number + 1,
            plan.len(),
            contest.work(),
            contest.load
        ));
        let measured = one(contest, programs, arguments).await;
        rows.extend(measured.with_context(|| format!("{} at {}", contest.work(), contest.load))?);
    }
    Ok(rows)
}

/// Measures one contest.
async fn one(contest: &Contest, programs: &Programs, arguments: &Arguments) -> Result<Vec<Row>> {
    let start = async |side| {
        let server = Server::start(&programs.of(side, contest.work)?, contest.network).await?;
        if arguments.rehearse {
            say(format_args!("  {} is process {}", side.id(), server.id()?));
        }
        Ok::<_, anyhow::Error>(Runner { side, server, turns: Vec::new(), floors: Vec::new() })
    };
    let mut floor = start(Side::A).await?;
    let (mut runners, mut missing) = (Vec::new(), Vec::new());
    for &side in contest.sides.iter().filter(|side| **side != Side::A) {
        match programs.of(side, contest.work) {
            Ok(_) => runners.push(start(side).await?),
            Err(why) => {
                say(format_args!("  {side} is missing: {why:#}"));
                missing.push(Row::missing(contest, side, &why));
            }
        }
    }
    for round in 0..arguments.rounds() {
        for runner in &mut runners {
            // Who goes second finds the machine as the first has left it; so each does as often.
            let (side, beside) = if round % 2 == 0 {
                let beside = turn(&floor, contest, arguments).await?;
                (turn(runner, contest, arguments).await?, beside)
            } else {
                let side = turn(runner, contest, arguments).await?;
                (side, turn(&floor, contest, arguments).await?)
            };
            runner.turns.push(side);
            runner.floors.push(beside);
            floor.turns.push(beside);
        }
        if runners.is_empty() {
            let alone = turn(&floor, contest, arguments).await?;
            floor.turns.push(alone);
        }
    }
    // Of the floor against itself: what is not 1 is the machine's unrest.
    floor.floors = floor.turns.iter().skip(1).chain(floor.turns.first()).copied().collect();
    let listed = |runner: &&Runner| contest.sides.contains(&runner.side);
    let all = std::iter::once(&floor).chain(&runners).filter(listed);
    let mut rows = all.map(|runner| row(contest, runner)).collect::<Result<Vec<_>>>()?;
    rows.extend(missing);
    Ok(rows)
}

/// One turn of one side.
async fn turn(runner: &Runner, contest: &Contest, arguments: &Arguments) -> Result<Turn> {
    let order = Order {
        target: runner.server.target().clone(),
        call: contest.work.call(arguments.rehearse),
        load: contest.load,
        pace: arguments.rate.map_or(Pace::Closed, Pace::Open),
        time: arguments.slice(),
    };
    let process = runner.server.id()?;
    let measured = measured(process, order).await;
    measured.with_context(|| format!("{}{}", runner.side, runner.server.last_words()))
}

/// Loads a server, and reads the kernel's account of it at both ends.
pub(crate) async fn measured(process: u32, order: Order) -> Result<Turn> {
    let loaded = tokio::task::spawn_blocking(move || {
        let mut cpu: Vec<Duration> = Vec::new();
        let outcome = load::run(&order, || {
            cpu.push(cpu_time(process)?);
            Ok(())
        })?;
        let spent = cpu.last().zip(cpu.first()).map(|(end, begin)| end.saturating_sub(*begin));
        let calls = outcome.latencies.len() as f64;
        let latency = |part| outcome.latencies.value_at_quantile(part) as f64 / 1e3;
        Ok::<_, anyhow::Error>(Turn {
            calls_per_s: calls / outcome.took.as_secs_f64(),
            cpu_us_per_call: spent.unwrap_or_default().as_secs_f64() * 1e6 / calls,
            latencies_us: [latency(0.5), latency(0.99), latency(0.999)],
        })
    });
    loaded.await?
}

fn row(contest: &Contest, runner: &Runner) -> Result<Row> {
    let over = |of: &dyn Fn(&Turn) -> f64| -> f64 {
        median(&runner.turns.iter().map(of).collect::<Vec<_>>())
    };
    let ratios = |of: &dyn Fn(&Turn) -> f64| -> Vec<f64> {
        runner.turns.iter().zip(&runner.floors).map(|(side, floor)| of(side) / of(floor)).collect()
    };
    let calls = ratios(&|turn| turn.calls_per_s);
    let cpu = ratios(&|turn| turn.cpu_us_per_call);
    Ok(Row::new(
        contest,
        runner.side,
        Measured {
            calls_per_s: over(&|turn| turn.calls_per_s),
            p50_us: over(&|turn| turn.latencies_us[0]),
            p99_us: over(&|turn| turn.latencies_us[1]),
            p999_us: over(&|turn| turn.latencies_us[2]),
            cpu_us_per_call: over(&|turn| turn.cpu_us_per_call),
            peak_mib: runner.server.peak_mib()?,
            ratio_calls: median(&calls),
            ratio_cpu: median(&cpu),
            floor_ratio_spread: spread(&calls),
            cpu_ratio_spread: spread(&cpu),
            calls_ratios: calls,
            cpu_ratios: cpu,
        },
    ))
}
