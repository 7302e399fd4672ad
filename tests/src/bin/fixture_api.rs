//! A plugin process that makes every call of the API, and does in every hook what the script says.

use std::process::ExitCode;

use fixture_api_calls as _;
use fixture_parity_first as _;
use fixture_parity_script as _;
use hookwright_runtime::start::{self, Launch, Protocol};

fn main() -> ExitCode {
    let crates = ["fixture_api_calls", "fixture_parity_first", "fixture_parity_script"];
    start::run(Launch::ByHost(Protocol::MATTERMOST), &crates)
}
