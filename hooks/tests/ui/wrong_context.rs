use hookwright::prelude::*;

hookwright::plugin! { id: "com.example.ui" }

#[hook(HookName::MessageHasBeenPosted)]
fn handler(_post: Post) {}

fn main() {}
