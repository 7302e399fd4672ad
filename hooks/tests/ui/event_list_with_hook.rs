use hookwright::events::Event;
use hookwright::prelude::*;

hookwright::plugin! { id: "com.example.ui" }

#[hook([HookName::ClientAdded, HookName::MessageHasBeenPosted])]
fn handler(_cx: &Context, _event: Event) {}

fn main() {}
