//! Four plugins that handle one hook, sync.

use std::process::ExitCode;

hookwright_bench::link_plugins! { Sync, sync_handler: "a" "b" "c" "d" }

#[global_allocator]
static ALLOCATOR: hookwright_runtime::Allocator = hookwright_runtime::Allocator;

fn main() -> ExitCode {
    hookwright_bench::program::plugin()
}
