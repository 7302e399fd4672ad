//! The harness, from its command line to its report.

mod against;
mod answer;
mod chart;
mod child;
mod cli;
mod figures;
mod growth;
mod interrupt;
mod load;
mod measure;
mod netrpc;
mod output;
mod plan;
mod program;
mod report;
mod server;
mod side;
mod soak;
mod steps;
mod table;
mod targets;
mod turn;
mod wire;
mod work;

use std::mem;
use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};
use clap::Parser as _;
use hookwright_bench::program::OPT_LEVEL;

use self::cli::Arguments;
use self::interrupt::{Interrupt, Interrupted};
use self::output::say;
use self::plan::Contest;
use self::program::Programs;
use self::report::Row;

/// Wrong usage; clap ends with the same.
const USAGE: u8 = 2;

/// Does what the command line says.
pub(crate) fn run() -> ExitCode {
    let arguments = Arguments::parse();
    if (cfg!(debug_assertions) || OPT_LEVEL == "0") && !arguments.rehearse {
        say("hookwright-bench: a debug build measures nothing of interest; use --release");
        return ExitCode::from(USAGE);
    }
    let plan = match plan(&arguments) {
        Ok(plan) => plan,
        Err(why) => {
            say(format_args!("hookwright-bench: {why:#}"));
            return ExitCode::from(USAGE);
        }
    };
    // Children end with the thread that started them: all of them are started from this one.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            say(format_args!("hookwright-bench: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let mut rows = Vec::new();
    let mut done = runtime.block_on(async {
        let mut interrupt = Interrupt::watch().context("signals cannot be watched")?;
        interrupt.or(command(&arguments, &plan, &mut rows)).await?
    });
    if done.is_err() && !rows.is_empty() && !arguments.rehearse {
        say("it ended too soon; this was measured until then");
        done = done.or_else(|why| report::write(&rows, &arguments).and(Err(why)));
    }
    // Whoever still loads a server that has been ended is not waited for.
    runtime.shutdown_background();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(format_args!("hookwright-bench: {error:#}"));
            let interrupted = error.downcast_ref::<Interrupted>();
            interrupted.map_or(ExitCode::FAILURE, |signal| ExitCode::from(signal.exit_code()))
        }
    }
}

/// What there is to measure, as rows; none of what is measured otherwise.
fn plan(arguments: &Arguments) -> Result<Vec<Contest>> {
    if arguments.soak.is_some() {
        soak::sides(arguments)?;
    }
    if arguments.netrpc {
        netrpc::plan(arguments)?;
    }
    let others = arguments.steps || arguments.growth || arguments.netrpc;
    match others || arguments.soak.is_some() {
        true => Ok(Vec::new()),
        false => plan::plan(arguments),
    }
}

async fn command(arguments: &Arguments, plan: &[Contest], rows: &mut Vec<Row>) -> Result<()> {
    let programs = Programs::build(arguments).await?;
    if arguments.steps {
        return steps::report(&programs).await;
    }
    if arguments.growth {
        return growth::report(&programs, arguments).await;
    }
    if let Some(time) = arguments.soak {
        return soak::run(&programs, arguments, time).await;
    }
    if arguments.netrpc {
        return netrpc::run(&programs, arguments, &netrpc::plan(arguments)?).await;
    }
    measure::all(plan, &programs, arguments, rows).await?;
    if !arguments.rehearse {
        report::write(rows, arguments)?;
    }
    let missing = table::missing(rows);
    let all = mem::take(rows);
    if arguments.targets {
        targets::report(&all, &programs).await?;
    }
    ensure!(!arguments.all_sides || missing.is_empty(), "{}", missing.join("\n"));
    Ok(())
}
