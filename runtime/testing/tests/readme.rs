//! The plugin of the README, and its test, as they stand there.

use hookwright::prelude::*;

hookwright::plugin! { id: "com.example.filter" }

#[hook(HookName::MessageWillBePosted)]
fn no_bad_words(_cx: &Context, post: Post) -> Verdict<Post> {
    match post.message.contains("badword") {
        true => Verdict::reject("Please mind your language."),
        false => Verdict::Allow,
    }
}

#[cfg(test)]
mod tests {
    use hookwright_testing::prelude::*;

    #[tokio::test]
    async fn bad_words_are_refused() {
        let host = TestHost::start();
        let called = host.message_will_be_posted(post("a badword")).await;
        called.assert_rejected("Please mind your language.");
    }
}

#[test]
fn the_readme_asks_for_what_a_paused_clock_needs() {
    let readme = include_str!("../../../README.md");
    let dependencies = readme.split("[dev-dependencies]").nth(1).unwrap_or_default();
    let dependencies = dependencies.split("```").next().unwrap_or_default();
    assert!(readme.contains("start_paused = true") && dependencies.contains(r#""test-util""#));
}

#[test]
fn the_readme_has_this_plugin_and_this_test() {
    let blocks: Vec<_> = include_str!("../../../README.md")
        .split("```rust\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap_or_default())
        .collect();
    assert_eq!(blocks.len(), 2, "a plugin and its test");
    for block in blocks {
        assert!(include_str!("readme.rs").contains(block), "this is not what runs:\n{block}");
    }
}
