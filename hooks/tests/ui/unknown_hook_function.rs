use hookwright::prelude::*;

hookwright::plugin! { id: "com.example.ui" }

#[hook]
fn message_wil_be_posted(_cx: &Context, _post: Post) -> Verdict<Post> {
    Verdict::Allow
}

fn main() {}
