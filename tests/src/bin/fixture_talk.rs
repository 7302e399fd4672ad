//! A plugin process for the hosts in other languages: it prints, logs and starts programs.

use std::process::ExitCode;

use fixture_talk as _;
use hookwright_runtime::start::cookie::Cookie;
use hookwright_runtime::start::{self, Launch};

fn main() -> ExitCode {
    start::run(Launch::ByHost(Cookie::MATTERMOST), &["fixture_talk"])
}
