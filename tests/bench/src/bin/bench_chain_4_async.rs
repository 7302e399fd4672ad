//! Four plugins that handle one hook, async.

use std::process::ExitCode;

hookwright_bench::link_plugins! { Async, async_handler: "a" "b" "c" "d" }

fn main() -> ExitCode {
    hookwright_bench::program::plugin()
}
