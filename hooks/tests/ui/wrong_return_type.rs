use hookwright::prelude::*;

hookwright::plugin! { id: "com.example.ui" }

#[hook(HookName::MessageWillBePosted)]
fn handler(_cx: &Context, _post: Post) -> bool {
    true
}

#[hook(HookName::MessageWillBeUpdated)]
async fn nothing(_cx: Context, _new: Post, _old: Post) {}

fn main() {}
