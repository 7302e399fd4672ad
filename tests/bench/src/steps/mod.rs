//! The steps of the dispatch, each alone and beside a direct call that comes to the same.

mod engine;
mod paired;
mod run;

use std::process::ExitCode;

pub use engine::{engine, origin};
pub use run::Steps;

/// The steps that can be taken. Those that end in `-floor` are the direct calls.
pub const STEPS: [&str; 16] = [
    "lookup",
    "lookup-floor",
    "dispatch-async",
    "dispatch-async-floor",
    "dispatch-sync",
    "dispatch-sync-floor",
    "chain-1",
    "chain-1-floor",
    "chain-4",
    "chain-4-floor",
    "chain-16",
    "chain-16-floor",
    "classify",
    "classify-floor",
    "decode-and-encode",
    "decode-and-encode-floor",
];

/// The main function of a program that takes a step again and again: `STEP TIMES ENTRIES`. On stdout
/// it says by how much what `count` returns has grown. With `paired` as TIMES it takes turns with the
/// direct call, and says how many nanoseconds each took.
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a command")]
pub fn program(count: impl Fn() -> usize) -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == crate::program::ASK_BUILD_ID) {
        return crate::program::say_build_id();
    }
    let [step, times, entries] = arguments.as_slice() else {
        eprintln!("expected STEP TIMES|paired ENTRIES, and STEP as one of {}", STEPS.join(", "));
        return ExitCode::from(2);
    };
    let taken = match (times.parse(), entries.parse()) {
        (Ok(times), Ok(entries)) => Steps::new(entries).and_then(|steps| {
            // What is made once is made before it counts.
            steps.take(step, 100)?;
            let before = count();
            steps.counted(step, times)?;
            Ok((count() - before).to_string())
        }),
        (Err(_), Ok(entries)) if times == "paired" => {
            Steps::new(entries).and_then(|steps| paired::turns(&steps, step))
        }
        _ => Err(anyhow::anyhow!("TIMES and ENTRIES are numbers, not {times:?} and {entries:?}")),
    };
    match taken {
        Ok(words) => {
            println!("{words}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}
