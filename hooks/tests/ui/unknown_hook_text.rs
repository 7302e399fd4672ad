use hookwright::prelude::*;

hookwright::plugin! { id: "com.example.ui" }

#[hook("MessageWilBePosted")]
fn handler(_cx: &Context, _post: Post) -> Verdict<Post> {
    Verdict::Allow
}

#[hook("message will be posted")]
fn not_even_a_name(_cx: &Context, _post: Post) -> Verdict<Post> {
    Verdict::Allow
}

fn main() {}
