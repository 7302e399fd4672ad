//! A plugin process for the tests of the broker.

use std::process::ExitCode;

use fixture_broker_plugin as _;
use hookwright_runtime::start::{self, Launch, Protocol};

fn main() -> ExitCode {
    let launch = match std::env::args().nth(1).as_deref() {
        Some("standalone") => Launch::Standalone { listen: None, activate: false },
        _ => Launch::ByHost(Protocol::MATTERMOST),
    };
    start::run(launch, &["fixture_broker_plugin"])
}
