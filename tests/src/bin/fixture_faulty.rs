//! A plugin process that must refuse to start: everything about its registry is wrong.

use std::process::ExitCode;

use hookwright::prelude::*;
use hookwright_runtime::start::{self, Launch, Protocol};

// The id of a plugin that is linked as well.
hookwright::plugin! { id: "com.example.trouble" }

use fixture_trouble as _;

#[hook(HookName::OnActivate)]
fn first(_cx: &Context) {}

#[hook("OnActivate")]
fn second(_cx: &Context) {}

fn main() -> ExitCode {
    start::run(Launch::ByHost(Protocol::MATTERMOST), &["fixture_trouble", "never_linked"])
}
