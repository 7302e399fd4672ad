//! The floor, as a process of its own.

use std::process::ExitCode;

fn main() -> ExitCode {
    hookwright_bench::floor::program()
}
