//! A plugin process without a single handler.

use std::process::ExitCode;

use hookwright_runtime::start::cookie::Cookie;
use hookwright_runtime::start::{self, Launch};

hookwright::plugin! { id: "com.example.quiet" }

fn main() -> ExitCode {
    start::run(Launch::ByHost(Cookie::MATTERMOST), &[])
}
