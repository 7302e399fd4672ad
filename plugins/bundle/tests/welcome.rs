//! The welcome plugin as a process of its own, and a server of the plugin API on a socket.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod program;

use hookwright::{ChannelMember, User};
use hookwright_proto::mattermost::{
    ExecuteCommandRequest, OnActivateRequest, OnDeactivateRequest, UserHasBeenCreatedRequest,
    UserHasJoinedChannelRequest,
};
use hookwright_testing::prelude::*;
use hookwright_tests::Plugin;
use program::hookwright;
use serde_json::json;

#[tokio::test]
async fn greetings_counts_command_and_digest_go_to_the_server_over_a_socket() {
    let server = FakeServer::new();
    let listening = server.listen().await.unwrap();
    let mei = server.add_user(user("mei").named("Mei", "Lin"));
    let design = server.add_channel(channel("design").displayed_as("Design"));
    let news = server.add_channel(channel("news"));
    server.set_plugin_config(json!({ "digest_channel": news.id }));
    // From before this process.
    server.set_value("welcome_counts", r#"{"users":3,"members":4,"told":5}"#);
    let mut serve = hookwright(&["serve", "--standalone"]);
    serve.env("MATTERMOST_PLUGIN_API_TARGET", listening.address());
    let mut plugin = Plugin::start(serve).await;
    let mut hooks = plugin.hooks().await;

    hooks.on_activate(OnActivateRequest::default()).await.unwrap();
    let offered: Vec<_> = server.commands().into_iter().map(|known| known.trigger).collect();
    assert!(offered.contains(&"welcome".to_owned()), "{offered:?}");

    // The digest never ran, and so runs at once.
    plugin.logged(&["digest posted", "com.hookwright.welcome"]).await;
    let digest = server.posts_in(&news);
    assert_eq!(digest[0].message, "2 people were welcomed since the last digest.");
    assert_eq!(digest[0].user_id, server.user("welcome").unwrap().id);

    created(&mut hooks, &mei).await;
    joined(&mut hooks, channel_member(&design, &mei)).await;
    let greeted: Vec<_> = server.posts_in(&design).into_iter().map(|post| post.message).collect();
    assert_eq!(greeted, ["Mei has joined Design. Welcome!"]);

    let stats = ExecuteCommandRequest {
        args: Some(command("/welcome stats").by(&mei)),
        ..ExecuteCommandRequest::default()
    };
    let answer = hooks.execute_command(stats).await.unwrap().into_inner().response.unwrap();
    assert_eq!(answer.text, "4 new users and 5 new members were greeted.");

    hooks.on_deactivate(OnDeactivateRequest::default()).await.unwrap();
    assert_eq!(
        server.value("mutex_com.hookwright.welcome:cron_digest"),
        None,
        "another node may take over"
    );
    assert!(server.value("com.hookwright.welcome:cron_digest").is_some(), "when it last ran");
    assert_eq!(plugin.shut_down().await.code(), Some(0));
}

type Hooks =
    hookwright_proto::mattermost::plugin_hooks_client::PluginHooksClient<tonic::transport::Channel>;

async fn created(hooks: &mut Hooks, user: &User) {
    let user = Some(user.clone());
    let request = UserHasBeenCreatedRequest { user, ..UserHasBeenCreatedRequest::default() };
    hooks.user_has_been_created(request).await.unwrap();
}

async fn joined(hooks: &mut Hooks, member: ChannelMember) {
    let channel_member = Some(member);
    let request =
        UserHasJoinedChannelRequest { channel_member, ..UserHasJoinedChannelRequest::default() };
    hooks.user_has_joined_channel(request).await.unwrap();
}
