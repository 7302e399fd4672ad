use hookwright::prelude::*;

hookwright::plugin! { id: "com.example.ui" }

#[hook(HookName::OnActivate)]
fn handler() {}

fn main() {}
