//! A plugin beside which 10,000 entries are linked that nobody calls.

use std::process::ExitCode;

hookwright_bench::link_plugins! { Async, async_handler: "measured" }
hookwright_bench::link_thousand! { "0" }
hookwright_bench::link_thousand! { "1" }
hookwright_bench::link_thousand! { "2" }
hookwright_bench::link_thousand! { "3" }
hookwright_bench::link_thousand! { "4" }
hookwright_bench::link_thousand! { "5" }
hookwright_bench::link_thousand! { "6" }
hookwright_bench::link_thousand! { "7" }
hookwright_bench::link_thousand! { "8" }
hookwright_bench::link_thousand! { "9" }

#[global_allocator]
static ALLOCATOR: hookwright_runtime::Allocator = hookwright_runtime::Allocator;

fn main() -> ExitCode {
    hookwright_bench::program::plugin()
}
