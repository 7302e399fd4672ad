//! A plugin process for `stuck-handlers`: the plugin whose handlers get stuck, and this one beside it.
//!
//! It is a program of its own, because what `hookwright_tests` needs would bring plugins along.

use std::process::ExitCode;

use fixture_trouble as _;
use hookwright::prelude::*;
use hookwright::{Channel, ChannelMember, User};
use hookwright_runtime::start::{self, Launch, Protocol};

hookwright::plugin! { id: "com.example.neighbour" }

#[hook(HookName::ChannelHasBeenCreated)]
async fn asynchronous(_cx: Context, _channel: Channel) {}

#[hook(HookName::UserHasLeftChannel)]
fn synchronous(_cx: &Context, _member: ChannelMember, _actor: Option<User>) {}

fn main() -> ExitCode {
    start::run(Launch::ByHost(Protocol::MATTERMOST), &["fixture_trouble"])
}
