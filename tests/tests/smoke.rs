//! The main way, end to end.

use hookwright_proto::mattermost::{ImplementedRequest, MessageWillBePostedRequest, Post};
use hookwright_tests::Plugin;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");

#[tokio::test]
async fn a_plugin_starts_says_what_it_implements_answers_a_hook_and_ends() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;

    let implemented = hooks.implemented(ImplementedRequest::default()).await.unwrap().into_inner();
    let mut sorted = implemented.hooks.clone();
    sorted.sort();
    assert_eq!(implemented.hooks, sorted);
    assert!(implemented.hooks.contains(&"OnSAMLLogin".to_owned()), "{:?}", implemented.hooks);

    let post = Post { message: "reject".into(), ..Post::default() };
    let request = MessageWillBePostedRequest { post: Some(post), ..Default::default() };
    let reply = hooks.message_will_be_posted(request).await.unwrap().into_inner();
    assert_eq!(reply.rejection_reason, "Please mind your language.");

    let ended = plugin.shut_down().await;
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    assert_eq!(ended.stdout, "", "nothing follows the handshake");
}
