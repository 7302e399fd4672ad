//! Counting what a step takes: instructions by valgrind, allocations by an allocator that counts, and
//! nanoseconds in turns with the direct call.

use anyhow::{Context as _, Result, ensure};
use tokio::process::Command;

use crate::harness::child;
use crate::harness::figures::{median, range};
use crate::harness::program::Programs;

/// How often a step is taken for its allocations.
const ALLOCATED: u64 = 1_000;
/// How often it is taken in one count of instructions.
const COUNTED: u64 = 5_000;
/// How often instructions are counted, each time in a process of its own.
const COUNTS: usize = 3;

/// The instructions of one step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Instructions {
    /// The median of several processes.
    pub(crate) of_step: f64,
    /// How far these are apart: each hashes otherwise.
    pub(crate) range: f64,
}

/// Nanoseconds, the medians of turns.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Time {
    /// Of the step.
    pub(crate) step: f64,
    /// What it takes more than the direct call beside it.
    pub(crate) added: f64,
    /// How far the middle half of what is added is apart.
    pub(crate) spread: f64,
}

/// Whether all that is counted of it is on the thread that takes it. What valgrind sees of the others
/// depends on who is awake when.
pub(crate) fn is_on_one_thread(step: &str) -> bool {
    !step.starts_with("dispatch-sync")
}

/// The instructions of one step, with so many entries registered that nobody calls.
pub(crate) async fn instructions(
    programs: &Programs,
    step: &str,
    entries: usize,
) -> Result<Instructions> {
    let program = programs.beside("bench_steps");
    program.check_build().await?;
    let mut counts = Vec::new();
    for _ in 0..COUNTS {
        let mut valgrind = Command::new("valgrind");
        valgrind
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            // Nothing of the start, and nothing of what is made once: from one function alone.
            .args(["--collect-atstart=no", "--toggle-collect=*Steps*counted*"])
            .arg(&program.path)
            .args([step, &COUNTED.to_string(), &entries.to_string()]);
        let ended = child::run(&mut valgrind).await.context("counting instructions")?;
        let words = String::from_utf8_lossy(&ended.stderr);
        let line = words.lines().find_map(|line| line.split_once("Collected :"));
        let (_, number) = line.with_context(|| format!("valgrind says no number: {words}"))?;
        let number: f64 = number.trim().parse().context("valgrind's number")?;
        ensure!(number > 0.0, "valgrind has not found where {step} is taken");
        counts.push(number / COUNTED as f64);
    }
    Ok(Instructions { of_step: median(&counts), range: range(&counts) })
}

/// The allocations of one step.
pub(crate) async fn allocations(programs: &Programs, step: &str, entries: usize) -> Result<f64> {
    let program = programs.beside("bench_allocations");
    program.check_build().await?;
    let mut count = Command::new(&program.path);
    count.args([step, &ALLOCATED.to_string(), &entries.to_string()]);
    let ended = child::run(&mut count).await?;
    let number = String::from_utf8_lossy(&ended.stdout).trim().parse::<f64>();
    Ok(number.context("no number of allocations")? / ALLOCATED as f64)
}

/// How long a step takes beside its direct call, turn by turn in one process.
pub(crate) async fn time(programs: &Programs, step: &str, entries: usize) -> Result<Time> {
    let program = programs.beside("bench_steps");
    program.check_build().await?;
    let mut measure = Command::new(&program.path);
    measure.args([step, "paired", &entries.to_string()]);
    let ended = child::run(&mut measure).await?;
    let text = String::from_utf8_lossy(&ended.stdout);
    let (mut steps, mut added) = (Vec::new(), Vec::new());
    for line in text.lines() {
        let (step, floor) = line.split_once(' ').with_context(|| format!("no turn: {line}"))?;
        let (step, floor): (f64, f64) = (step.parse()?, floor.parse()?);
        steps.push(step);
        added.push(step - floor);
    }
    let spread = crate::harness::figures::spread(&added);
    Ok(Time { step: median(&steps), added: median(&added), spread })
}
