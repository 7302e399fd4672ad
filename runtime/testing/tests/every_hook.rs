//! Every hook is called by a method of its own, its arguments arrive, and its answer is read as the
//! handler gave it.

#![allow(clippy::unwrap_used, reason = "tests")]

use bytes::Bytes;
use hookwright::prelude::*;
use hookwright::{
    ConfigJson, EmailNotificationContent, EmailNotificationJson, FileData, OnInstallEvent,
    PluginClusterEvent, Preference, ProductLimits, PushNotification, Reaction, RemoteCluster,
    SamlAssertionInfoJson, SyncMsgJson, SyncResponse, WebSocketRequest,
};
use hookwright_testing::prelude::*;

hookwright::plugin! { id: "com.example.all" }

/// Handlers that say nothing, and refuse what is not as the test sends it.
macro_rules! silent {
    ($($hook:ident $function:ident($($argument:ident: $type:ty = $sent:expr),*);)+) => {
        $(#[hook(HookName::$hook)]
        fn $function(_cx: &Context $(, $argument: $type)*) -> Result<()> {
            $(let sent: $type = $sent;
            if $argument != sent {
                return Err(Error::invalid(concat!(stringify!($argument), " is another one")));
            })*
            Ok(())
        })+

        #[tokio::test]
        async fn what_answers_nothing_gets_its_arguments() {
            let host = TestHost::start();
            $(host.$function($($sent),*).await.assert_ok();)+
            host.assert_ran([$(stringify!($function)),+]);
        }
    };
}

fn a_user() -> User {
    User { id: "u".into(), ..User::default() }
}

fn a_post(message: &str) -> Post {
    Post { id: "p".into(), message: message.into(), ..Post::default() }
}

fn a_remote() -> RemoteCluster {
    RemoteCluster { remote_id: "r".into(), ..RemoteCluster::default() }
}

fn a_member() -> ChannelMember {
    channel_member("c", "u")
}

silent! {
    OnConfigurationChange on_configuration_change();
    OnActivate on_activate();
    OnDeactivate on_deactivate();
    MessageHasBeenPosted message_has_been_posted(post: Post = a_post("hi"));
    MessageHasBeenUpdated message_has_been_updated(
        new_post: Post = a_post("new"), old_post: Post = a_post("old")
    );
    MessageHasBeenDeleted message_has_been_deleted(post: Post = a_post("gone"));
    UserHasJoinedChannel user_has_joined_channel(
        member: ChannelMember = a_member(), actor: Option<User> = None
    );
    UserHasLeftChannel user_has_left_channel(
        member: ChannelMember = a_member(), actor: Option<User> = Some(a_user())
    );
    UserHasJoinedTeam user_has_joined_team(
        member: TeamMember = team_member("t", "u"), actor: Option<User> = Some(a_user())
    );
    UserHasLeftTeam user_has_left_team(
        member: TeamMember = team_member("t", "u"), actor: Option<User> = None
    );
    ChannelHasBeenCreated channel_has_been_created(
        channel: Channel = Channel { id: "c".into(), ..Channel::default() }
    );
    UserHasLoggedIn user_has_logged_in(user: User = a_user());
    UserHasBeenCreated user_has_been_created(user: User = a_user());
    UserHasBeenDeactivated user_has_been_deactivated(user: User = a_user());
    ReactionHasBeenAdded reaction_has_been_added(given: Reaction = reaction("wave", "p", "u"));
    ReactionHasBeenRemoved reaction_has_been_removed(
        given: Reaction = reaction("wave", "p", "u")
    );
    OnPluginClusterEvent on_plugin_cluster_event(
        event: PluginClusterEvent = PluginClusterEvent { id: "e".into(), data: "x".into() }
    );
    OnWebSocketConnect on_web_socket_connect(conn: String = "w".into(), user: String = "u".into());
    OnWebSocketDisconnect on_web_socket_disconnect(
        conn: String = "w".into(), user: String = "u".into()
    );
    WebSocketMessageHasBeenPosted web_socket_message_has_been_posted(
        conn: String = "w".into(), user: String = "u".into(),
        request: WebSocketRequest = WebSocketRequest { seq: 7, ..WebSocketRequest::default() }
    );
    OnInstall on_install(
        event: OnInstallEvent = OnInstallEvent { user_id: "u".into() }
    );
    OnSendDailyTelemetry on_send_daily_telemetry();
    OnCloudLimitsUpdated on_cloud_limits_updated(limits: ProductLimits = ProductLimits::default());
    PreferencesHaveChanged preferences_have_changed(
        preferences: Vec<Preference> = vec![Preference { name: "n".into(), ..Preference::default() }]
    );
    OnSharedChannelsAttachmentSyncMsg on_shared_channels_attachment_sync_msg(
        info: FileInfo = FileInfo { id: "f".into(), ..FileInfo::default() },
        post: Post = a_post("hi"), remote: RemoteCluster = a_remote()
    );
    OnSharedChannelsProfileImageSyncMsg on_shared_channels_profile_image_sync_msg(
        user: User = a_user(), remote: RemoteCluster = a_remote()
    );
    OnSAMLLogin on_saml_login(
        user: User = a_user(),
        assertion: SamlAssertionInfoJson = SamlAssertionInfoJson { assertion_json: "{}".into() }
    );
}

/// What a handler answers is told by what it is sent.
mod answers {
    use super::*;

    #[hook]
    fn execute_command(_cx: &Context, args: CommandArgs) -> Option<CommandResponse> {
        Some(CommandResponse { text: args.command, ..CommandResponse::default() })
    }

    #[hook]
    fn message_will_be_posted(_cx: &Context, post: Post) -> Verdict<Post> {
        verdict(post)
    }

    #[hook]
    fn message_will_be_updated(_cx: &Context, new: Post, _old: Post) -> Verdict<Post> {
        verdict(new)
    }

    fn verdict(post: Post) -> Verdict<Post> {
        match post.message.as_str() {
            "refuse" => Verdict::reject("no"),
            "replace" => Verdict::Replace(a_post("replaced")),
            _ => Verdict::Allow,
        }
    }

    #[hook]
    fn file_will_be_uploaded(_cx: &Context, info: FileInfo, content: Bytes) -> Verdict<Upload> {
        match info.name.as_str() {
            "refuse" => Verdict::reject("no"),
            "content" => {
                let content = Some(Bytes::from([&b"new "[..], &content].concat()));
                Verdict::Replace(Upload { info: None, content })
            }
            "info" => {
                let info = Some(FileInfo { name: "other".into(), ..info });
                Verdict::Replace(Upload { info, content: None })
            }
            _ => Verdict::Allow,
        }
    }

    #[hook]
    fn user_will_log_in(_cx: &Context, user: User) -> Gate {
        if user.id == "u" { Verdict::Allow } else { Verdict::reject("no") }
    }

    #[hook]
    fn run_data_retention(_cx: &Context, now: i64, batch: i64) -> i64 {
        now + batch
    }

    #[hook]
    fn configuration_will_be_saved(_cx: &Context, config: ConfigJson) -> Verdict<ConfigJson> {
        match config.json() {
            b"{}" => Verdict::Allow,
            b"[]" => Verdict::reject("no"),
            _ => Verdict::Replace(ConfigJson::with_json(b"{\"a\":1}".to_vec())),
        }
    }

    #[hook]
    fn notification_will_be_pushed(
        _cx: &Context,
        push: PushNotification,
        user_id: String,
    ) -> Verdict<PushNotification> {
        Verdict::Replace(PushNotification { message: user_id, ..push })
    }

    #[hook]
    fn messages_will_be_consumed(_cx: &Context, posts: Vec<Post>) -> Vec<Post> {
        posts.into_iter().map(|post| Post { message: "seen".into(), ..post }).collect()
    }

    #[hook]
    fn on_shared_channels_sync_msg(
        _cx: &Context,
        _message: SyncMsgJson,
        _remote: RemoteCluster,
    ) -> Option<SyncResponse> {
        Some(SyncResponse { users_last_update_at: 7, ..SyncResponse::default() })
    }

    #[hook]
    fn on_shared_channels_ping(_cx: &Context, remote: RemoteCluster) -> bool {
        remote.remote_id == "r"
    }

    #[hook]
    fn generate_support_data(_cx: &Context) -> Vec<FileData> {
        vec![FileData { filename: "a".into(), data: "b".into() }]
    }

    #[hook]
    fn email_notification_will_be_sent(
        _cx: &Context,
        _mail: EmailNotificationJson,
    ) -> Verdict<EmailNotificationContent> {
        let subject = "changed".to_owned();
        Verdict::Replace(EmailNotificationContent { subject, ..Default::default() })
    }
}

#[tokio::test]
async fn what_answers_is_read_as_it_was_answered() {
    let host = TestHost::start();
    host.execute_command(command("/x")).await.assert_text("/x");

    host.message_will_be_posted(a_post("hi")).await.assert_allowed();
    host.message_will_be_posted(a_post("refuse")).await.assert_rejected("no");
    host.message_will_be_posted(a_post("replace")).await.assert_message("replaced");
    host.message_will_be_updated(a_post("replace"), a_post("old")).await.assert_message("replaced");
    host.message_will_be_updated(a_post("refuse"), a_post("old")).await.assert_rejected("no");

    let content = || Bytes::from("content");
    host.file_will_be_uploaded(file("any"), content()).await.assert_allowed();
    host.file_will_be_uploaded(file("refuse"), content()).await.assert_rejected("no");
    let upload = host.file_will_be_uploaded(file("content"), content()).await.replaced();
    assert_eq!(upload, Upload { info: None, content: Some("new content".into()) });
    let upload = host.file_will_be_uploaded(file("info"), content()).await.replaced();
    assert_eq!((upload.info.unwrap().name.as_str(), upload.content), ("other", None));

    host.user_will_log_in(a_user()).await.assert_allowed();
    host.user_will_log_in(User::default()).await.assert_rejected("no");
    host.run_data_retention(40, 2).await.assert_answered(&42);

    let config = |json: &str| ConfigJson::with_json(json.into());
    host.configuration_will_be_saved(config("{}")).await.assert_allowed();
    host.configuration_will_be_saved(config("[]")).await.assert_rejected("no");
    let saved = host.configuration_will_be_saved(config("{\"b\":1}")).await.replaced();
    assert_eq!(saved, config("{\"a\":1}"));

    let pushed = host.notification_will_be_pushed(PushNotification::default(), "u".into()).await;
    assert_eq!(pushed.replaced().message, "u");
    let consumed = host.messages_will_be_consumed(vec![a_post("hi")]).await;
    consumed.assert_answered(&vec![a_post("seen")]);

    let synced = host.on_shared_channels_sync_msg(SyncMsgJson::default(), a_remote()).await;
    assert_eq!(synced.answer().unwrap().users_last_update_at, 7);
    host.on_shared_channels_ping(a_remote()).await.assert_answered(&true);
    host.on_shared_channels_ping(RemoteCluster::default()).await.assert_answered(&false);
    let files = host.generate_support_data().await.answer();
    assert_eq!(files, [FileData { filename: "a".into(), data: "b".into() }]);
    let mail = EmailNotificationJson::with_json(b"{}".to_vec());
    let mail = host.email_notification_will_be_sent(mail).await.replaced();
    assert_eq!(mail.subject, "changed");
}

#[tokio::test]
async fn every_unary_hook_of_the_contract_is_called_here() {
    use hookwright::Rpc;

    let host = TestHost::start();
    let unary = |hook: &HookName| matches!(hook.info().rpc, Rpc::Unary { .. });
    // Whoever implements `CallHooks` has a method for each; this plugin a handler.
    let implemented = host.call_raw("Implemented", Bytes::new()).await.unwrap();
    let implemented: hookwright::proto::ImplementedResponse =
        prost::Message::decode(implemented).unwrap();
    for hook in HookName::all().filter(|hook| hook.has_rpc() && unary(hook)) {
        assert!(implemented.hooks.iter().any(|name| name == hook.as_str()), "{hook}");
    }
}
