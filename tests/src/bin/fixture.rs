//! A plugin process for the tests: two plugins, served as a bundle serves its own.

use std::process::ExitCode;

use fixture_second as _;
use fixture_trouble as _;
use hookwright_runtime::start::{self, Launch, Protocol};

fn main() -> ExitCode {
    let launch = match std::env::args().nth(1).as_deref() {
        Some("standalone") => Launch::Standalone { listen: None, activate: false },
        Some("versions") => {
            Launch::ByHost(Protocol { versions: &[2, 4, 1], ..Protocol::MATTERMOST })
        }
        _ => Launch::ByHost(Protocol::MATTERMOST),
    };
    start::run(launch, &["fixture_trouble", "fixture_second"])
}
