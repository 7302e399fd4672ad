//! Sixteen plugins that handle one hook, async.

use std::process::ExitCode;

hookwright_bench::link_plugins! {
    Async, async_handler:
    "a" "b" "c" "d" "e" "f" "g" "h" "i" "j" "k" "l" "m" "n" "o" "p"
}

#[global_allocator]
static ALLOCATOR: hookwright_runtime::Allocator = hookwright_runtime::Allocator;

fn main() -> ExitCode {
    hookwright_bench::program::plugin()
}
