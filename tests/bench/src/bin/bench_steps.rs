//! Takes one step so many times, for valgrind to count the instructions.

use std::process::ExitCode;

fn main() -> ExitCode {
    hookwright_bench::steps::program(|| 0)
}
