//! A plugin process for the parity suite: two plugins that handle every unary hook.

use std::process::ExitCode;

use fixture_parity_first as _;
use fixture_parity_script as _;
use fixture_parity_second as _;
use hookwright_runtime::start::{self, Launch, Protocol};

fn main() -> ExitCode {
    let crates = ["fixture_parity_first", "fixture_parity_script", "fixture_parity_second"];
    start::run(Launch::ByHost(Protocol::MATTERMOST), &crates)
}
