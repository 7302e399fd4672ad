//! The plugin process: the plugins that it is made of, and its command line.

mod call;
mod cli;
mod demo;
mod fleet;
mod interrupt;
mod list;
mod output;
mod pack;

use std::process::ExitCode;

// Which plugins there are is said by `Cargo.toml`; see `build.rs`.
include!(concat!(env!("OUT_DIR"), "/plugins.rs"));

#[global_allocator]
static ALLOCATOR: hookwright_runtime::Allocator = hookwright_runtime::Allocator;

fn main() -> ExitCode {
    cli::run(&BUNDLE, PLUGINS)
}
