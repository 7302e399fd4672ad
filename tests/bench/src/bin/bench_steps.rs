//! Takes one step so many times, for valgrind to count the instructions.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: hookwright_runtime::Allocator = hookwright_runtime::Allocator;

fn main() -> ExitCode {
    hookwright_bench::steps::program(|| 0)
}
