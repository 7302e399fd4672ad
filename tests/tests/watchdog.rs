//! Async handlers that block the thread they run on.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use hookwright_proto::mattermost::plugin_hooks_client::PluginHooksClient;
use hookwright_tests::ask::{created, update, updated};
use hookwright_tests::{Plugin, hosted};
use tokio_util::task::AbortOnDropHandle;
use tonic::transport::Channel;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");

#[tokio::test]
async fn a_handler_that_blocks_its_thread_is_named_and_the_others_go_on() {
    let mut command = hosted(FIXTURE);
    command.env("TOKIO_WORKER_THREADS", "2").env("HOOKWRIGHT_WATCHDOG", "0s");
    // It has a whole handler of its own to give up.
    command.env("HOOKWRIGHT_DRAIN_TIMEOUT", "100ms");
    let mut plugin = Plugin::start(command).await;
    let mut hooks = plugin.hooks().await;
    let _call = block(hooks.clone());
    let record = plugin.logged(&["an async handler blocks its thread"]).await;
    for told in ["MessageWillBeUpdated", "filter_async", "trouble/src/lib.rs:"] {
        assert!(record.contains(told), "{record}");
    }
    // Others are answered, on that connection and on new ones.
    hooks.user_has_been_created(created("ada")).await.unwrap();
    hooks.message_has_been_updated(updated("anything")).await.unwrap();
    plugin.assert_healthy().await;
    assert_eq!(plugin.shut_down().await.code(), Some(0));
}

#[tokio::test]
async fn a_process_that_stands_still_is_ended_and_leaves_no_socket() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = hosted(FIXTURE);
    command.env("PLUGIN_UNIX_SOCKET_DIR", folder.path());
    command.env("TOKIO_WORKER_THREADS", "1").env("HOOKWRIGHT_WATCHDOG", "1s");
    let plugin = Plugin::start(command).await;
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    let _call = block(plugin.hooks().await);
    let ended = plugin.ended().await;
    assert_eq!(ended.code(), Some(4), "{}", ended.stderr);
    assert!(ended.stderr.contains("no task has run for too long"), "{}", ended.stderr);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

fn block(mut hooks: PluginHooksClient<Channel>) -> AbortOnDropHandle<()> {
    AbortOnDropHandle::new(tokio::spawn(async move {
        let _ = hooks.message_will_be_updated(update("block the thread")).await;
    }))
}
