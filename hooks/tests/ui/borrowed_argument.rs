use hookwright::prelude::*;

hookwright::plugin! { id: "com.example.ui" }

#[hook(HookName::MessageWillBePosted)]
fn handler(_cx: &Context, _post: &Post) -> Verdict<Post> {
    Verdict::Allow
}

fn main() {}
