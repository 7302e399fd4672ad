//! A plugin process for the tests of events: one plugin triggers and handles them, another one, whose
//! id comes first, handles one as well.

use std::process::ExitCode;

use fixture_events_plugin as _;
use hookwright::events::ClientAdded;
use hookwright::prelude::*;
use hookwright_runtime::start::{self, Launch, Protocol};

hookwright::plugin! { id: "com.example.aaa" }

#[hook(HookName::ClientAdded, priority = 10)]
fn last(_cx: &Context, _event: ClientAdded) {}

fn main() -> ExitCode {
    let launch = match std::env::args().nth(1).as_deref() {
        Some("activated") => Launch::Standalone { listen: None, activate: true },
        _ => Launch::ByHost(Protocol::MATTERMOST),
    };
    start::run(launch, &["fixture_events_plugin"])
}
