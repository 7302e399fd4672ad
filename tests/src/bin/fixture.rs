//! A plugin process for the tests: two plugins, served as a bundle serves its own.

use std::process::ExitCode;

use fixture_second as _;
use fixture_trouble as _;
use hookwright_runtime::start::cookie::Cookie;
use hookwright_runtime::start::{self, Launch};

fn main() -> ExitCode {
    let launch = match std::env::args().nth(1).as_deref() {
        Some("standalone") => Launch::Standalone(None),
        _ => Launch::ByHost(Cookie::MATTERMOST),
    };
    start::run(launch, &["fixture_trouble", "fixture_second"])
}
