use hookwright::events::Event;
use hookwright::prelude::*;

hookwright::plugin! { id: "com.example.ui" }

#[hook([])]
fn handler(_cx: &Context, _event: Event) {}

fn main() {}
