//! What handlers are given, and how what they answer comes back.

use hookwright_proto::mattermost::{
    ExecuteCommandRequest, ImplementedRequest, MessageWillBePostedRequest,
    MessageWillBePostedResponse, MessageWillBeUpdatedRequest, MessageWillBeUpdatedResponse,
    OnActivateRequest, OnSamlLoginRequest, OnSharedChannelsPingRequest, PluginContext, Preference,
    PreferencesHaveChangedRequest, ReactionHasBeenAddedRequest, RunDataRetentionRequest, User,
    UserHasJoinedChannelRequest, UserWillLogInRequest,
};
use hookwright_tests::Plugin;
use hookwright_tests::ask::{a_post, a_user, created, log_in, post, update};
use tonic::Code;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");

#[tokio::test]
async fn the_hooks_with_handlers_are_implemented_and_no_others_in_byte_order() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;

    for _ in 0..3 {
        let reply = hooks.implemented(ImplementedRequest::default()).await.unwrap().into_inner();
        assert_eq!(
            reply.hooks,
            [
                "ExecuteCommand",
                "MessageHasBeenDeleted",
                "MessageHasBeenPosted",
                "MessageHasBeenUpdated",
                "MessageWillBePosted",
                "MessageWillBeUpdated",
                "OnActivate",
                "OnCloudLimitsUpdated",
                "OnConfigurationChange",
                "OnDeactivate",
                "OnSAMLLogin",
                "OnSharedChannelsPing",
                "PreferencesHaveChanged",
                "ReactionHasBeenAdded",
                "RunDataRetention",
                "ServeHTTP", // the metrics
                "UserHasBeenCreated",
                "UserHasJoinedChannel",
                "UserWillLogIn",
            ]
        );
        assert_eq!(reply.error, None);
    }
}

/// Each of these handlers fails with the word that it is given, so it was this one that ran.
#[tokio::test]
async fn a_handler_is_found_in_whichever_of_the_three_ways_its_hook_is_named() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;

    // `#[hook(HookName::MessageWillBeUpdated)]`, async.
    let status = hooks.message_will_be_updated(update("invalid")).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);

    // `#[hook("OnActivate")]`, async.
    hooks.on_activate(OnActivateRequest::default()).await.unwrap();
    assert!(plugin.answer_to("told").await.ends_with("OnActivate"));

    // `#[hook] fn user_has_been_created`, sync, and `#[hook] async fn on_saml_login`.
    let status = hooks.user_has_been_created(created("invalid")).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    let request = OnSamlLoginRequest { user: Some(a_user("invalid")), ..Default::default() };
    let reply = hooks.on_saml_login(request).await.unwrap().into_inner();
    assert_eq!(reply.error.unwrap().status_code, 400);
}

#[tokio::test]
async fn an_actor_that_is_not_there_is_told_from_one_without_a_name() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;

    for actor in [None, Some(User::default()), Some(a_user("ada"))] {
        let request = UserHasJoinedChannelRequest { actor, ..Default::default() };
        hooks.user_has_joined_channel(request).await.unwrap();
    }

    assert_eq!(
        plugin.answer_to("told").await,
        "UserHasJoinedChannel by nobody, UserHasJoinedChannel by \"\", UserHasJoinedChannel by \"ada\""
    );
}

#[tokio::test]
async fn lists_and_numbers_reach_the_handler() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;

    for count in [0, 3] {
        let preferences = vec![Preference::default(); count];
        let request = PreferencesHaveChangedRequest { preferences, ..Default::default() };
        hooks.preferences_have_changed(request).await.unwrap();
    }
    assert_eq!(plugin.answer_to("told").await, "0 preferences, 3 preferences");

    for (batch_size, deleted_count) in [(0, 1), (41, 42), (-41, -40)] {
        let request = RunDataRetentionRequest { now_time: 7, batch_size, ..Default::default() };
        let reply = hooks.run_data_retention(request).await.unwrap().into_inner();
        assert_eq!((reply.deleted_count, reply.error), (deleted_count, None));
    }
}

#[tokio::test]
async fn a_message_that_the_host_leaves_out_is_an_empty_one() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;

    let reply = hooks.message_will_be_posted(MessageWillBePostedRequest::default()).await.unwrap();
    assert_eq!(reply.into_inner(), MessageWillBePostedResponse::default());
    let reply = hooks.message_will_be_updated(MessageWillBeUpdatedRequest::default()).await;
    assert_eq!(reply.unwrap().into_inner(), MessageWillBeUpdatedResponse::default());
    let reply = hooks.user_will_log_in(UserWillLogInRequest::default()).await.unwrap();
    assert_eq!(reply.into_inner().rejection_reason, "");
    let reply = hooks.on_shared_channels_ping(OnSharedChannelsPingRequest::default()).await;
    assert!(reply.unwrap().into_inner().healthy);
    hooks.reaction_has_been_added(ReactionHasBeenAddedRequest::default()).await.unwrap();
    plugin.logged(&["\"reacted\"", "\"emoji\":\"\""]).await;
}

#[tokio::test]
async fn the_request_id_of_the_caller_is_in_the_context_and_in_the_log() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;
    let caller = PluginContext { request_id: "req-4711".into(), ..PluginContext::default() };

    let mut request: ExecuteCommandRequest = hookwright_tests::ask::command("caller");
    assert_eq!(plugin.answer_to("caller").await, "", "no context, no id");
    request.plugin_context = Some(caller.clone());
    let reply = hooks.execute_command(request).await.unwrap().into_inner();
    assert_eq!(reply.response.unwrap().text, "req-4711");

    let request =
        ReactionHasBeenAddedRequest { plugin_context: Some(caller), ..Default::default() };
    hooks.reaction_has_been_added(request).await.unwrap();
    plugin.logged(&["\"reacted\"", "\"request_id\":\"req-4711\""]).await;
}

#[tokio::test]
async fn verdicts_of_sync_and_async_filters_say_what_they_mean() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;

    let dismiss = "plugin.message_will_be_posted.dismiss_post";
    for (message, reason) in [
        ("something", ""),
        ("reject", "Please mind your language."),
        ("dismiss", dismiss),
        // The host would take an empty text for "allowed".
        ("empty rejection", "Refused by a plugin."),
        // A replacement that equals what was given: the host must not overwrite what it kept back.
        ("same", ""),
    ] {
        let reply = hooks.message_will_be_posted(post(message)).await.unwrap().into_inner();
        assert_eq!((reply.rejection_reason.as_str(), reply.modified_post), (reason, None));
        let reply = hooks.message_will_be_updated(update(message)).await.unwrap().into_inner();
        assert_eq!((reply.rejection_reason.as_str(), reply.modified_post), (reason, None));
    }

    let reply = hooks.message_will_be_updated(update("rewrite")).await.unwrap().into_inner();
    assert_eq!(reply.modified_post, Some(a_post("rewrite by trouble")));
    assert_eq!(reply.rejection_reason, "");
}

#[tokio::test]
async fn a_gate_lets_pass_or_refuses() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;

    for (user, reason) in [("ada", ""), ("reject", "not today"), ("empty", "Refused by a plugin.")]
    {
        let reply = hooks.user_will_log_in(log_in(user)).await.unwrap().into_inner();
        assert_eq!(reply.rejection_reason, reason, "{user}");
    }
}
