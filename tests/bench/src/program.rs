//! What every measured program does before it serves: it says which build it is.

use std::process::ExitCode;

use hookwright_runtime::start::{self, Launch, Protocol};

/// Of which sources, and with which settings of the compiler, this was built. All programs of one
/// build have the same.
pub const BUILD_ID: &str = env!("HOOKWRIGHT_BENCH_BUILD");
/// How much the compiler has optimised it.
pub const OPT_LEVEL: &str = env!("HOOKWRIGHT_BENCH_OPT_LEVEL");
/// The argument by which a program is asked for it.
pub const ASK_BUILD_ID: &str = "build-id";

/// The main function of a plugin process: all that is linked, and nothing else, is served.
#[must_use]
pub fn plugin() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some(ASK_BUILD_ID) => say_build_id(),
        _ => start::run(Launch::ByHost(Protocol::MATTERMOST), &[]),
    }
}

/// Says which build this is.
#[expect(clippy::print_stdout, reason = "it is asked for it")]
#[must_use]
pub fn say_build_id() -> ExitCode {
    println!("{BUILD_ID}");
    ExitCode::SUCCESS
}
