//! A plugin process whose handlers are those of hooks that the gRPC contract lacks.

use std::process::ExitCode;

use fixture_beyond_plugin as _;
use hookwright_runtime::start::{self, Launch, Protocol};

fn main() -> ExitCode {
    start::run(Launch::ByHost(Protocol::MATTERMOST), &["fixture_beyond_plugin"])
}
