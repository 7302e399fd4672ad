//! A step and the direct call beside it, in turns: how long each takes.

use std::time::{Duration, Instant};

use anyhow::Result;

use super::Steps;

/// An even number, so that each goes first as often.
const TURNS: usize = 100;
/// How long a turn takes at the least.
const TURN: Duration = Duration::from_millis(2);

/// The nanoseconds of one step and of one direct call, a line for each pair of turns.
pub(super) fn turns(steps: &Steps, step: &str) -> Result<String> {
    let floor = format!("{step}-floor");
    let (step_times, floor_times) = (enough(steps, step)?, enough(steps, &floor)?);
    let mut lines = Vec::new();
    for turn in 0..TURNS {
        let (taken, direct) = if turn % 2 == 0 {
            let direct = timed(steps, &floor, floor_times)?;
            (timed(steps, step, step_times)?, direct)
        } else {
            let taken = timed(steps, step, step_times)?;
            (taken, timed(steps, &floor, floor_times)?)
        };
        lines.push(format!("{taken:.2} {direct:.2}"));
    }
    Ok(lines.join("\n"))
}

/// How often a step is taken in one turn. It is warm then.
fn enough(steps: &Steps, step: &str) -> Result<usize> {
    let mut times = 100;
    loop {
        let begun = Instant::now();
        steps.take(step, times)?;
        if begun.elapsed() >= TURN {
            return Ok(times);
        }
        times *= 2;
    }
}

fn timed(steps: &Steps, step: &str, times: usize) -> Result<f64> {
    let begun = Instant::now();
    steps.take(step, times)?;
    Ok(begun.elapsed().as_secs_f64() * 1e9 / times as f64)
}
