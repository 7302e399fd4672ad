//! Measures what serving hooks costs. Each side is a process of its own, loaded from this one, in
//! turns with the floor: a hand-written service of the same messages.
//!
//! `cargo run --release -p hookwright-bench [-- --help]`

mod harness;

use std::process::ExitCode;

fn main() -> ExitCode {
    harness::run()
}
