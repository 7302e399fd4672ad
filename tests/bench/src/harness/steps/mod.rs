//! What one step of the dispatch costs, each beside a direct call that comes to the same.
//!
//! Instructions and allocations have no kernel in them, nor what else the machine does; so they decide.
//! Nanoseconds have both, and decide nothing.

mod bounds;
mod count;

use anyhow::{Result, ensure};
use comfy_table::{CellAlignment, Table, presets};
use hookwright_bench::steps::STEPS;

pub(crate) use self::bounds::ERROR;
pub(crate) use self::count::{Instructions, allocations, instructions, time};
use super::output::print;
use super::program::Programs;

/// How many entries are registered that nobody calls, and how many must make no difference.
pub(crate) const FEW: usize = 10;
pub(crate) const MANY: usize = 10_000;
/// The step by which that is judged.
pub(crate) const DISPATCH: &str = "dispatch-async";

/// What a step costs, or the direct call beside it.
#[derive(Debug, Clone, Copy)]
struct Cost {
    /// None of what runs on several threads.
    instructions: Option<f64>,
    allocations: f64,
}

/// Writes a table of all steps. It is an error if one of them costs more than it may.
pub(crate) async fn report(programs: &Programs) -> Result<()> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header([
        "STEP",
        "INSTRUCTIONS",
        "DIRECT CALL",
        "ADDED",
        "ALLOCATIONS",
        "DIRECT CALL",
        "ADDED",
        "NS",
        "NS ADDED",
    ]);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let mut faults = Vec::new();
    for step in STEPS.iter().filter(|step| !step.ends_with("-floor")) {
        let cost = cost(programs, step).await?;
        let floor = self::cost(programs, &format!("{step}-floor")).await?;
        let time = time(programs, step, FEW).await?;
        let added = cost.instructions.zip(floor.instructions).map(|(step, floor)| step - floor);
        let more = cost.allocations - floor.allocations;
        faults.extend(bounds::faults(step, added, more));
        let count = |count: Option<f64>| count.map_or("-".to_owned(), |it| format!("{it:.0}"));
        table.add_row([
            (*step).to_owned(),
            count(cost.instructions),
            count(floor.instructions),
            count(added),
            format!("{:.1}", cost.allocations),
            format!("{:.1}", floor.allocations),
            format!("{more:.1}"),
            format!("{:.0}", time.step),
            format!("{:.0} ±{:.0}", time.added, time.spread / 2.0),
        ]);
    }
    print(table)?;
    print(format_args!(
        "\n{}",
        entries(programs).await?.unwrap_or_else(|fault| {
            faults.push(fault.clone());
            fault
        })
    ))?;
    ensure!(faults.is_empty(), "dearer than it may be:\n{}", faults.join("\n"));
    Ok(())
}

/// Whether a call costs the same, however many entries there are: in words, the inner error if not.
pub(crate) async fn entries(programs: &Programs) -> Result<Result<String, String>> {
    let few = instructions(programs, DISPATCH, FEW).await?;
    let many = instructions(programs, DISPATCH, MANY).await?;
    let words = format!(
        "{DISPATCH} takes {:.1} ±{:.1} instructions with {FEW} entries and {:.1} ±{:.1} with {MANY}",
        few.of_step,
        few.range / 2.0,
        many.of_step,
        many.range / 2.0
    );
    Ok(if bounds::is_same(few, many) { Ok(words) } else { Err(words) })
}

async fn cost(programs: &Programs, step: &str) -> Result<Cost> {
    let instructions = match count::is_on_one_thread(step) {
        true => Some(instructions(programs, step, FEW).await?.of_step),
        false => None,
    };
    Ok(Cost { instructions, allocations: allocations(programs, step, FEW).await? })
}
