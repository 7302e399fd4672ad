//! A plugin process for the hosts in other languages: it prints, logs and starts programs.

use std::process::ExitCode;

use fixture_talk as _;
use hookwright_runtime::start::{self, Launch, Protocol};

fn main() -> ExitCode {
    start::run(Launch::ByHost(Protocol::MATTERMOST), &["fixture_talk"])
}
