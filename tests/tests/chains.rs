//! Several plugins with a handler for one hook: their order, and how their answers become one.

use hookwright_proto::mattermost::{
    OnSharedChannelsPingRequest, RemoteCluster, RunDataRetentionRequest,
};
use hookwright_tests::ask::{a_post, command, post, posted};
use hookwright_tests::{Plugin, hosted};

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");

#[tokio::test]
async fn handlers_run_by_their_priority_and_then_by_their_plugins_id() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;

    // The second plugin's handler has a lower priority, and so runs first.
    hooks.message_has_been_posted(posted("error")).await.unwrap();
    plugin.logged(&["a handler failed", "\"handler\":\"notify_sync\""]).await;
    let log = plugin.stderr();
    let second = log.find("\"second was told\"").unwrap();
    let trouble = log.find("\"a handler failed").unwrap();
    assert!(second < trouble, "{log}");

    // Of equal priority are these, and `com.example.trouble` comes before `com.example.zzz-second`.
    let reply = hooks.message_will_be_posted(post("rewrite")).await.unwrap().into_inner();
    assert_eq!(reply.modified_post.unwrap().message, "rewrite by trouble and second");
}

#[tokio::test]
async fn everyone_is_told_although_one_of_them_fails() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;

    for what in ["error", "panic"] {
        hooks.message_has_been_posted(posted(what)).await.unwrap();
        plugin.logged(&["\"second was told\"", &format!("\"message\":\"{what}\"")]).await;
        hooks.message_will_be_posted(post(what)).await.unwrap();
    }
    assert_eq!(plugin.metric("hookwright_failures_swallowed_total", &[]).await, 4.0);
}

#[tokio::test]
async fn the_first_rejection_ends_the_chain() {
    let mut command = hosted(FIXTURE);
    command.env("MATTERMOST_PLUGIN_LOG_LEVEL", "debug");
    let mut plugin = Plugin::start(command).await;
    let mut hooks = plugin.hooks().await;

    for what in ["reject", "dismiss", "empty rejection"] {
        let reply = hooks.message_will_be_posted(post(what)).await.unwrap().into_inner();
        assert_ne!(reply.rejection_reason, "", "{what}");
    }
    hooks.message_will_be_posted(post("let it pass")).await.unwrap();

    // What the second plugin was asked before this would be in the log by now.
    plugin.logged(&["second was asked", "let it pass"]).await;
    assert_eq!(plugin.stderr().matches("second was asked").count(), 1);
}

#[tokio::test]
async fn a_rejection_wins_over_what_an_earlier_plugin_made_of_the_post() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;

    for what in ["second rejects", "rewrite, then reject"] {
        let reply = hooks.message_will_be_posted(post(what)).await.unwrap().into_inner();
        assert_eq!(reply.rejection_reason, "the second says no", "{what}");
        assert_eq!(reply.modified_post, None);
    }
}

#[tokio::test]
async fn a_rewritten_post_keeps_all_its_other_fields() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;
    let mut given = a_post("rewrite");
    given.file_ids = vec!["file1".into(), "file2".into()];
    given.remote_id = Some(String::new());
    given.is_following = Some(false);
    given.create_at = i64::MAX;

    let mut request = post("");
    request.post = Some(given.clone());
    let reply = hooks.message_will_be_posted(request).await.unwrap().into_inner();

    given.message = "rewrite by trouble and second".into();
    assert_eq!(reply.modified_post, Some(given));
}

#[tokio::test]
async fn a_command_goes_to_the_first_plugin_that_does_not_decline_it() {
    let plugin = Plugin::hosted(FIXTURE).await;

    assert_eq!(plugin.answer_to("left").await, "true", "the first one");
    assert_eq!(plugin.answer_to("decline").await, "answered by the second");
}

#[tokio::test]
async fn a_command_that_fails_is_not_offered_to_the_next_plugin() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;

    let reply = hooks.execute_command(command("denied")).await.unwrap().into_inner();

    assert_eq!((reply.response, reply.error.unwrap().status_code), (None, 403));
}

#[tokio::test]
async fn counts_add_up_and_stay_within_what_a_number_holds() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;

    for (batch_size, sum) in [(41, 42), (i64::MAX, i64::MAX)] {
        let request = RunDataRetentionRequest { batch_size, ..Default::default() };
        let reply = hooks.run_data_retention(request).await.unwrap().into_inner();
        assert_eq!(reply.deleted_count, sum);
    }
}

#[tokio::test]
async fn a_remote_is_alive_if_every_plugin_says_so() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;

    for (name, healthy) in [("alive", true), ("dead", false)] {
        let remote = RemoteCluster { name: name.into(), ..RemoteCluster::default() };
        let request =
            OnSharedChannelsPingRequest { remote_cluster: Some(remote), ..Default::default() };
        let reply = hooks.on_shared_channels_ping(request).await.unwrap().into_inner();
        assert_eq!(reply.healthy, healthy, "{name}");
    }
}
