//! A plugin process without a single handler.

use std::process::ExitCode;

use hookwright_runtime::start::{self, Launch, Protocol};

hookwright::plugin! { id: "com.example.quiet" }

fn main() -> ExitCode {
    start::run(Launch::ByHost(Protocol::MATTERMOST), &[])
}
