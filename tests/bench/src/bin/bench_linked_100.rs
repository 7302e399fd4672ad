//! A plugin beside which 100 entries are linked that nobody calls.

use std::process::ExitCode;

hookwright_bench::link_plugins! { Async, async_handler: "measured" }
hookwright_bench::link_hundred! { "0" }

#[global_allocator]
static ALLOCATOR: hookwright_runtime::Allocator = hookwright_runtime::Allocator;

fn main() -> ExitCode {
    hookwright_bench::program::plugin()
}
