//! A plugin process for the parity suite: its two plugins, and a third one that starts and stops.

use std::process::ExitCode;

use fixture_parity_first as _;
use fixture_parity_script::{play, play_async};
use fixture_parity_second as _;
use hookwright::prelude::*;
use hookwright_runtime::start::{self, Launch, Protocol};

hookwright::plugin! { id: "com.example.parity.third" }

#[hook]
fn on_activate(cx: &Context) -> Result<()> {
    play(cx, Vec::new())
}

#[hook]
async fn on_deactivate(cx: Context) -> Result<()> {
    play_async(&cx, Vec::new()).await
}

fn main() -> ExitCode {
    let crates = ["fixture_parity_first", "fixture_parity_script", "fixture_parity_second"];
    start::run(Launch::ByHost(Protocol::MATTERMOST), &crates)
}
