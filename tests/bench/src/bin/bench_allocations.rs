//! Takes one step so many times, and counts what was allocated meanwhile.

use std::alloc::System;
use std::process::ExitCode;

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() -> ExitCode {
    hookwright_bench::steps::program(|| {
        let stats = ALLOCATOR.stats();
        stats.allocations + stats.reallocations
    })
}
