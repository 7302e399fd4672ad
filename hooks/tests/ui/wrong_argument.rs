use hookwright::prelude::*;

hookwright::plugin! { id: "com.example.ui" }

#[hook(HookName::MessageWillBePosted)]
fn handler(_cx: &Context, _post: String) -> Verdict<Post> {
    Verdict::Allow
}

fn main() {}
