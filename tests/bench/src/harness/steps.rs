//! What one step of the dispatch costs in instructions and allocations, each beside a direct call.
//!
//! The kernel is not in it, nor what else this machine does: such figures are the same in each run.

use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use comfy_table::{CellAlignment, Table, presets};
use hookwright_bench::steps::STEPS;
use tokio::process::Command;

use super::output::print;
use super::program::{Program, Programs};

/// How often a step is taken for its allocations, and at the least for its instructions.
const TIMES: u64 = 1_000;
/// How many instructions are counted: enough that it does not show how much the start of a process
/// varies, whose tables are hashed otherwise each time.
const INSTRUCTIONS: f64 = 3e8;
/// How many entries are linked that nobody calls.
const ENTRIES: usize = 10;

/// What a step costs.
#[derive(Debug, Clone, Copy)]
struct Cost {
    instructions: f64,
    allocations: f64,
}

/// Writes a table of all steps.
pub(crate) async fn report(programs: &Programs) -> Result<()> {
    let counter = programs.beside("bench_allocations");
    counter.check_build().await?;
    programs.beside("bench_steps").check_build().await?;
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let header = ["STEP", "INSTRUCTIONS", "DIRECT CALL", "ADDED", "ALLOCATIONS", "DIRECT", "ADDED"];
    table.set_header(header);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    for step in STEPS.iter().filter(|step| !step.ends_with("-floor")) {
        let cost = cost(programs, &counter, step).await?;
        let floor = self::cost(programs, &counter, &format!("{step}-floor")).await?;
        table.add_row([
            (*step).to_owned(),
            format!("{:.0}", cost.instructions),
            format!("{:.0}", floor.instructions),
            format!("{:.0}", cost.instructions - floor.instructions),
            format!("{:.1}", cost.allocations),
            format!("{:.1}", floor.allocations),
            format!("{:.1}", cost.allocations - floor.allocations),
        ]);
    }
    Ok(print(table)?)
}

async fn cost(programs: &Programs, counter: &Program, step: &str) -> Result<Cost> {
    let (times, entries) = (TIMES.to_string(), ENTRIES.to_string());
    let mut count = Command::new(&counter.path);
    let (allocations, _) = run(count.args([step, &times, &entries])).await?;
    let allocations: f64 = allocations.trim().parse().context("no number of allocations")?;
    let instructions = instructions(programs, step, ENTRIES).await?;
    Ok(Cost { instructions, allocations: allocations / TIMES as f64 })
}

/// The instructions of one step, with so many entries linked that nobody calls. What is made once is
/// in both counts, and so not in their difference.
pub(crate) async fn instructions(programs: &Programs, step: &str, entries: usize) -> Result<f64> {
    let few = counted(programs, step, TIMES, entries).await?;
    let about = (counted(programs, step, TIMES * 3, entries).await? - few) / (TIMES * 2) as f64;
    let more = (INSTRUCTIONS / about.max(100.0)) as u64;
    let many = counted(programs, step, TIMES + more, entries).await?;
    Ok((many - few) / more as f64)
}

/// Those of a whole process, counted by valgrind.
async fn counted(programs: &Programs, step: &str, times: u64, entries: usize) -> Result<f64> {
    let mut valgrind = Command::new("valgrind");
    valgrind
        .args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"])
        .arg(programs.beside("bench_steps").path)
        .args([step, &times.to_string(), &entries.to_string()]);
    let (_, words) = run(&mut valgrind).await.context("counting instructions (with valgrind)")?;
    let line = words.lines().find_map(|line| line.split_once("I   refs:"));
    let (_, number) = line.with_context(|| format!("valgrind counts nothing: {words}"))?;
    Ok(number.trim().replace(',', "").parse()?)
}

/// What a program that has to succeed wrote to stdout, and to stderr.
async fn run(command: &mut Command) -> Result<(String, String)> {
    let name = command.as_std().get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null()).kill_on_drop(true);
    let ended = command.output().await.with_context(|| format!("{name} cannot be run"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    ensure!(ended.status.success(), "{name}: {}", text(&ended.stderr));
    Ok((text(&ended.stdout), text(&ended.stderr)))
}
