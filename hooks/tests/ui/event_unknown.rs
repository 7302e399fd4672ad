use hookwright::events::Event;
use hookwright::prelude::*;

hookwright::plugin! { id: "com.example.ui" }

#[hook("client.ad")]
fn by_text(_cx: &Context, _event: Event) {}

#[hook([HookName::ClientAdded, HookName::ClientLost])]
fn in_a_list(_cx: &Context, _event: Event) {}

fn main() {}
