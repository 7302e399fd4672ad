//! The harness, from its command line to its report.

mod against;
mod chart;
mod cli;
mod figures;
mod growth;
mod interrupt;
mod load;
mod measure;
mod output;
mod plan;
mod program;
mod report;
mod server;
mod side;
mod soak;
mod steps;
mod table;
mod turn;
mod wire;
mod work;

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Parser as _;

use self::cli::Arguments;
use self::interrupt::{Interrupt, Interrupted};
use self::output::say;
use self::program::Programs;

/// Wrong usage; clap ends with the same.
const USAGE: u8 = 2;

/// Does what the command line says.
pub(crate) fn run() -> ExitCode {
    let arguments = Arguments::parse();
    if cfg!(debug_assertions) && !arguments.rehearse {
        say("hookwright-bench: a debug build measures nothing of interest; use --release");
        return ExitCode::from(USAGE);
    }
    // Children end with the thread that started them: all of them are started from this one.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            say(format_args!("hookwright-bench: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let done = runtime.block_on(async {
        let mut interrupt = Interrupt::watch().context("signals cannot be watched")?;
        interrupt.or(command(&arguments)).await?
    });
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

async fn command(arguments: &Arguments) -> Result<()> {
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
    let plan = plan::plan(arguments);
    let rows = measure::all(&plan, &programs, arguments).await?;
    if arguments.rehearse {
        return Ok(());
    }
    report::write(&rows, arguments)
}
