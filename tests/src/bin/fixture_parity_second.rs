//! A plugin process for the parity suite: the second of its two plugins, alone.

use std::process::ExitCode;

use fixture_parity_script as _;
use fixture_parity_second as _;
use hookwright_runtime::start::{self, Launch, Protocol};

fn main() -> ExitCode {
    let crates = ["fixture_parity_second", "fixture_parity_script"];
    start::run(Launch::ByHost(Protocol::MATTERMOST), &crates)
}
