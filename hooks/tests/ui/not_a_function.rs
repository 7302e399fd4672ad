use hookwright::prelude::*;

hookwright::plugin! { id: "com.example.ui" }

#[hook(HookName::OnActivate)]
struct Handler;

fn main() {}
