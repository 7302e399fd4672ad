use hookwright::prelude::*;

hookwright::plugin! { id: "com.example.ui" }

#[hook(HookName::FileWillBeDownloaded)]
fn handler(_cx: &Context) {}

fn main() {}
