//! The handlers: one for every unary hook of the contract, written down once for two plugins.

/// Registers a handler for every unary hook. Those of hooks with an even id are of the one kind,
/// `sync` or `async`, and the others of the other kind.
///
/// The time limit is long enough for a busy machine to run a handler that ends at once.
#[macro_export]
macro_rules! handlers {
    (even: $even:ident, odd: $odd:ident) => {
        use hookwright::{
            Channel, ChannelMember, CommandArgs, CommandResponse, ConfigJson,
            EmailNotificationContent, EmailNotificationJson, FileData, FileInfo, Gate,
            OnInstallEvent, PluginClusterEvent, Post, Preference, ProductLimits, PushNotification,
            Reaction, RemoteCluster, SamlAssertionInfoJson, SyncMsgJson, SyncResponse, TeamMember,
            Upload, User, Verdict, WebSocketRequest,
        };

        $crate::handlers! { @$even
            OnActivate on_activate() -> ();
            ExecuteCommand execute_command(args: CommandArgs) -> Option<CommandResponse>;
            MessageWillBeUpdated message_will_be_updated(new_post: Post, old_post: Post) -> Verdict<Post>;
            MessageHasBeenUpdated message_has_been_updated(new_post: Post, old_post: Post) -> ();
            UserHasLeftChannel user_has_left_channel(member: ChannelMember, actor: Option<User>) -> ();
            UserHasLeftTeam user_has_left_team(member: TeamMember, actor: Option<User>) -> ();
            FileWillBeUploaded file_will_be_uploaded(info: FileInfo, content: bytes::Bytes) -> Verdict<Upload>;
            UserHasLoggedIn user_has_logged_in(user: User) -> ();
            ReactionHasBeenAdded reaction_has_been_added(reaction: Reaction) -> ();
            OnPluginClusterEvent on_plugin_cluster_event(event: PluginClusterEvent) -> ();
            OnWebSocketDisconnect on_web_socket_disconnect(connection: String, user: String) -> ();
            RunDataRetention run_data_retention(now: i64, batch: i64) -> i64;
            OnSendDailyTelemetry on_send_daily_telemetry() -> ();
            ConfigurationWillBeSaved configuration_will_be_saved(config: ConfigJson) -> Verdict<ConfigJson>;
            UserHasBeenDeactivated user_has_been_deactivated(user: User) -> ();
            MessagesWillBeConsumed messages_will_be_consumed(posts: Vec<Post>) -> Vec<Post>;
            OnSharedChannelsSyncMsg on_shared_channels_sync_msg(msg: SyncMsgJson, remote: RemoteCluster) -> Option<SyncResponse>;
            PreferencesHaveChanged preferences_have_changed(preferences: Vec<Preference>) -> ();
            OnSharedChannelsProfileImageSyncMsg on_shared_channels_profile_image_sync_msg(user: User, remote: RemoteCluster) -> ();
            OnSAMLLogin on_saml_login(user: User, assertion: SamlAssertionInfoJson) -> ();
        }
        $crate::handlers! { @$odd
            OnDeactivate on_deactivate() -> ();
            OnConfigurationChange on_configuration_change() -> ();
            MessageWillBePosted message_will_be_posted(post: Post) -> Verdict<Post>;
            MessageHasBeenPosted message_has_been_posted(post: Post) -> ();
            UserHasJoinedChannel user_has_joined_channel(member: ChannelMember, actor: Option<User>) -> ();
            UserHasJoinedTeam user_has_joined_team(member: TeamMember, actor: Option<User>) -> ();
            ChannelHasBeenCreated channel_has_been_created(channel: Channel) -> ();
            UserWillLogIn user_will_log_in(user: User) -> Gate;
            UserHasBeenCreated user_has_been_created(user: User) -> ();
            ReactionHasBeenRemoved reaction_has_been_removed(reaction: Reaction) -> ();
            OnWebSocketConnect on_web_socket_connect(connection: String, user: String) -> ();
            WebSocketMessageHasBeenPosted web_socket_message_has_been_posted(connection: String, user: String, request: WebSocketRequest) -> ();
            OnInstall on_install(event: OnInstallEvent) -> ();
            OnCloudLimitsUpdated on_cloud_limits_updated(limits: ProductLimits) -> ();
            NotificationWillBePushed notification_will_be_pushed(push: PushNotification, user: String) -> Verdict<PushNotification>;
            MessageHasBeenDeleted message_has_been_deleted(post: Post) -> ();
            OnSharedChannelsPing on_shared_channels_ping(remote: RemoteCluster) -> bool;
            OnSharedChannelsAttachmentSyncMsg on_shared_channels_attachment_sync_msg(info: FileInfo, post: Post, remote: RemoteCluster) -> ();
            GenerateSupportData generate_support_data() -> Vec<FileData>;
            EmailNotificationWillBeSent email_notification_will_be_sent(mail: EmailNotificationJson) -> Verdict<EmailNotificationContent>;
        }
    };
    (@sync $($hook:ident $function:ident($($argument:ident: $type:ty),*) -> $output:ty;)+) => {$(
        mod $function {
            use super::*;

            #[hookwright::hook(hookwright::HookName::$hook, timeout = "3s")]
            fn handle(
                cx: &hookwright::Context,
                $($argument: $type),*
            ) -> hookwright::Result<$output> {
                $crate::play(cx, vec![$($crate::Seen::seen(&$argument)),*])
            }
        }
    )+};
    (@async $($hook:ident $function:ident($($argument:ident: $type:ty),*) -> $output:ty;)+) => {$(
        mod $function {
            use super::*;

            #[hookwright::hook(hookwright::HookName::$hook, timeout = "3s")]
            async fn handle(
                cx: hookwright::Context,
                $($argument: $type),*
            ) -> hookwright::Result<$output> {
                $crate::play_async(&cx, vec![$($crate::Seen::seen(&$argument)),*]).await
            }
        }
    )+};
}
