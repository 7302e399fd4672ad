//! The one table of hooks. A hook exists here and nowhere else: its name, what its handlers take
//! and answer, and how it behaves are read from its row.
//!
//! A row reads:
//!
//! ```text
//! /// What it is for.
//! ID CanonicalName function_name: Class, failure policy, time limit;
//!     RequestMessage(plugin_context) { argument: Type, .. } -> ReplyMessage { form(..) };
//! ```
//!
//! - ID is the number that the host's own table gives the hook; it never travels on the wire.
//! - `(plugin_context)` stands where the request says who caused the call.
//! - The time limit is `global`, a number of seconds (`10 s`), or `unlimited`.
//! - `error to user` stands where the host shows an error to the user, and not to administrators
//!   alone.
//! - The arguments are fields of the request; `Post` for a field that the host may leave out means
//!   an empty post then, `Option<User>` means `None`.
//! - The form of the reply says what a handler answers; the forms are in `forms.rs` and, where one
//!   hook alone has it, in `forms/`.
//!
//! A row that says `=> stream` is a stream of messages both ways. A row that says `netrpc only` is not
//! in the gRPC contract, so that only hosts that speak net/rpc send it; its messages are those of
//! `proto/protos/hookwright/hooks/v1/hooks.proto`.
//!
//! After the hooks come the events of an application's own. A row of these reads:
//!
//! ```text
//! /// What happened.
//! "its.name" PayloadMessage function_name: Event, Open, time limit of each handler;
//! ```
//!
//! The message is one of `proto/protos/hookwright/events/v1/events.proto`, and a case of `Event` there
//! by the name of the function; `crate::events` names it to plugins.

use bytes::Bytes;

use super::define::define_hooks;
use super::messages::{
    Channel, ChannelMember, CommandArgs, CommandResponse, ConfigJson, Draft, EmailNotificationJson,
    FileData, FileInfo, OnInstallEvent, PluginClusterEvent, Post, Preference, ProductLimits,
    PushNotification, Reaction, RemoteCluster, SamlAssertionInfoJson, ScheduledPost, SyncMsgJson,
    SyncResponse, TeamMember, User, WebSocketRequest,
};

define_hooks! {
    /// The plugin starts; no other hook reaches it before this one has succeeded.
    0 OnActivate on_activate: Lifecycle, Closed, global;
        OnActivateRequest { } -> OnActivateResponse { error };
    /// The plugin stops; the process is ended afterwards whatever is answered.
    1 OnDeactivate on_deactivate: Lifecycle, Open, 10 s;
        OnDeactivateRequest { } -> OnDeactivateResponse { error };
    /// An HTTP request under the plugin's own path.
    2 ServeHTTP serve_http: Stream, Open, unlimited;
        => stream;
    /// The server's or the plugin's configuration changed, or is known for the first time.
    3 OnConfigurationChange on_configuration_change: Lifecycle, Open, global;
        OnConfigurationChangeRequest { } -> OnConfigurationChangeResponse { error };
    /// A user ran a slash command that the plugin registered.
    4 ExecuteCommand execute_command: Value, Closed, global, error to user;
        ExecuteCommandRequest(plugin_context) { args: CommandArgs }
        -> ExecuteCommandResponse { value(response: CommandResponse) };
    /// A post is about to be stored: let it pass, rewrite it, refuse it or drop it silently.
    5 MessageWillBePosted message_will_be_posted: Filter, Open, global;
        MessageWillBePostedRequest(plugin_context) { post: Post }
        -> MessageWillBePostedResponse { filter(modified_post: Post => post, rejection_reason) };
    /// A post is about to be changed: let the change pass, rewrite it or refuse it.
    6 MessageWillBeUpdated message_will_be_updated: Filter, Open, global;
        MessageWillBeUpdatedRequest(plugin_context) { new_post: Post, old_post: Post }
        -> MessageWillBeUpdatedResponse { filter(modified_post: Post => new_post, rejection_reason) };
    /// A post was stored.
    7 MessageHasBeenPosted message_has_been_posted: Notify, Open, global;
        MessageHasBeenPostedRequest(plugin_context) { post: Post }
        -> MessageHasBeenPostedResponse { nothing };
    /// A post was changed.
    8 MessageHasBeenUpdated message_has_been_updated: Notify, Open, global;
        MessageHasBeenUpdatedRequest(plugin_context) { new_post: Post, old_post: Post }
        -> MessageHasBeenUpdatedResponse { nothing };
    /// A user joined a channel; the actor is who added them, `None` if they came by themselves.
    9 UserHasJoinedChannel user_has_joined_channel: Notify, Open, global;
        UserHasJoinedChannelRequest(plugin_context) { channel_member: ChannelMember, actor: Option<User> }
        -> UserHasJoinedChannelResponse { nothing };
    /// A user left a channel; the actor is who removed them, `None` if they left by themselves.
    10 UserHasLeftChannel user_has_left_channel: Notify, Open, global;
        UserHasLeftChannelRequest(plugin_context) { channel_member: ChannelMember, actor: Option<User> }
        -> UserHasLeftChannelResponse { nothing };
    /// A user joined a team; the actor is who added them, `None` if they came by themselves.
    11 UserHasJoinedTeam user_has_joined_team: Notify, Open, global;
        UserHasJoinedTeamRequest(plugin_context) { team_member: TeamMember, actor: Option<User> }
        -> UserHasJoinedTeamResponse { nothing };
    /// A user left a team; the actor is who removed them, `None` if they left by themselves.
    12 UserHasLeftTeam user_has_left_team: Notify, Open, global;
        UserHasLeftTeamRequest(plugin_context) { team_member: TeamMember, actor: Option<User> }
        -> UserHasLeftTeamResponse { nothing };
    /// A channel was created, direct and group channels included.
    13 ChannelHasBeenCreated channel_has_been_created: Notify, Open, global;
        ChannelHasBeenCreatedRequest(plugin_context) { channel: Channel }
        -> ChannelHasBeenCreatedResponse { nothing };
    /// A file is about to be stored: let it pass, change its content or its description, or refuse it.
    14 FileWillBeUploaded file_will_be_uploaded: Filter, Open, global;
        FileWillBeUploadedRequest(plugin_context) { file_info: FileInfo, file_content: Bytes }
        -> FileWillBeUploadedResponse { upload };
    /// A user is about to log in: allow or refuse it, before a session exists.
    15 UserWillLogIn user_will_log_in: Filter, Open, global;
        UserWillLogInRequest(plugin_context) { user: User }
        -> UserWillLogInResponse { gate(rejection_reason) };
    /// A user logged in.
    16 UserHasLoggedIn user_has_logged_in: Notify, Open, global;
        UserHasLoggedInRequest(plugin_context) { user: User } -> UserHasLoggedInResponse { nothing };
    /// A user account was created.
    17 UserHasBeenCreated user_has_been_created: Notify, Open, global;
        UserHasBeenCreatedRequest(plugin_context) { user: User } -> UserHasBeenCreatedResponse { nothing };
    /// A reaction was added to a post.
    18 ReactionHasBeenAdded reaction_has_been_added: Notify, Open, global;
        ReactionHasBeenAddedRequest(plugin_context) { reaction: Reaction }
        -> ReactionHasBeenAddedResponse { nothing };
    /// A reaction was taken off a post.
    19 ReactionHasBeenRemoved reaction_has_been_removed: Notify, Open, global;
        ReactionHasBeenRemovedRequest(plugin_context) { reaction: Reaction }
        -> ReactionHasBeenRemovedResponse { nothing };
    /// The same plugin on another node of the cluster sent an event.
    20 OnPluginClusterEvent on_plugin_cluster_event: Notify, Open, global;
        OnPluginClusterEventRequest(plugin_context) { event: PluginClusterEvent }
        -> OnPluginClusterEventResponse { nothing };
    /// A client opened a WebSocket.
    21 OnWebSocketConnect on_web_socket_connect: Notify, Open, global;
        OnWebSocketConnectRequest { web_conn_id: String, user_id: String }
        -> OnWebSocketConnectResponse { nothing };
    /// A client's WebSocket closed.
    22 OnWebSocketDisconnect on_web_socket_disconnect: Notify, Open, global;
        OnWebSocketDisconnectRequest { web_conn_id: String, user_id: String }
        -> OnWebSocketDisconnectResponse { nothing };
    /// A client sent a message over its WebSocket.
    23 WebSocketMessageHasBeenPosted web_socket_message_has_been_posted: Notify, Open, global;
        WebSocketMessageHasBeenPostedRequest { web_conn_id: String, user_id: String, request: WebSocketRequest }
        -> WebSocketMessageHasBeenPostedResponse { nothing };
    /// The data retention job asks for one batch of deletions; the answer is how many were deleted.
    24 RunDataRetention run_data_retention: Gather, Closed, global;
        RunDataRetentionRequest { now_time: i64, batch_size: i64 }
        -> RunDataRetentionResponse { sum(deleted_count: i64) };
    /// The plugin was installed through the first-run assistant.
    25 OnInstall on_install: Lifecycle, Closed, global;
        OnInstallRequest(plugin_context) { event: OnInstallEvent } -> OnInstallResponse { error };
    /// The server sends its daily telemetry.
    26 OnSendDailyTelemetry on_send_daily_telemetry: Notify, Open, global;
        OnSendDailyTelemetryRequest { } -> OnSendDailyTelemetryResponse { nothing };
    /// The limits of a cloud workspace changed.
    27 OnCloudLimitsUpdated on_cloud_limits_updated: Notify, Open, global;
        OnCloudLimitsUpdatedRequest { limits: ProductLimits } -> OnCloudLimitsUpdatedResponse { nothing };
    /// The server's configuration is about to be saved: let it pass, replace it whole, or refuse it.
    34 ConfigurationWillBeSaved configuration_will_be_saved: Filter, Closed, global, error to user;
        ConfigurationWillBeSavedRequest { new_config: ConfigJson }
        -> ConfigurationWillBeSavedResponse { filter(modified_config: ConfigJson => new_config, error) };
    /// A push notification is about to be sent to one user: let it pass, replace it, or stop it.
    35 NotificationWillBePushed notification_will_be_pushed: Filter, Open, global;
        NotificationWillBePushedRequest { push_notification: PushNotification, user_id: String }
        -> NotificationWillBePushedResponse {
            filter(modified_notification: PushNotification => push_notification, rejection_reason)
        };
    /// A user account was deactivated.
    36 UserHasBeenDeactivated user_has_been_deactivated: Notify, Open, global;
        UserHasBeenDeactivatedRequest(plugin_context) { user: User }
        -> UserHasBeenDeactivatedResponse { nothing };
    /// A post was deleted.
    37 MessageHasBeenDeleted message_has_been_deleted: Notify, Open, global;
        MessageHasBeenDeletedRequest(plugin_context) { post: Post }
        -> MessageHasBeenDeletedResponse { nothing };
    /// Posts are about to be shown to someone: each post answered is shown instead of the one with
    /// its id, and those left out are shown as they are. None can be taken away.
    38 MessagesWillBeConsumed messages_will_be_consumed: Filter, Open, global;
        MessagesWillBeConsumedRequest { posts: Vec<Post> }
        -> MessagesWillBeConsumedResponse { posts };
    /// A request to the plugin's metrics page.
    39 ServeMetrics serve_metrics: Stream, Open, unlimited, netrpc only;
        => stream;
    /// A shared channel has something to send to the remote that this plugin stands for.
    40 OnSharedChannelsSyncMsg on_shared_channels_sync_msg: Value, Closed, global;
        OnSharedChannelsSyncMsgRequest { sync_msg: SyncMsgJson, remote_cluster: RemoteCluster }
        -> OnSharedChannelsSyncMsgResponse { value(response: SyncResponse) };
    /// Is the remote that this plugin stands for alive?
    41 OnSharedChannelsPing on_shared_channels_ping: Gather, Closed, global;
        OnSharedChannelsPingRequest { remote_cluster: RemoteCluster }
        -> OnSharedChannelsPingResponse { all(healthy) };
    /// Preferences of a user were changed (not deleted).
    42 PreferencesHaveChanged preferences_have_changed: Notify, Open, global;
        PreferencesHaveChangedRequest(plugin_context) { preferences: Vec<Preference> }
        -> PreferencesHaveChangedResponse { nothing };
    /// A shared channel has a file to send to the remote that this plugin stands for.
    43 OnSharedChannelsAttachmentSyncMsg on_shared_channels_attachment_sync_msg: Lifecycle, Closed, global;
        OnSharedChannelsAttachmentSyncMsgRequest { file_info: FileInfo, post: Post, remote_cluster: RemoteCluster }
        -> OnSharedChannelsAttachmentSyncMsgResponse { error };
    /// A shared channel has a user's picture to send to the remote that this plugin stands for.
    44 OnSharedChannelsProfileImageSyncMsg on_shared_channels_profile_image_sync_msg: Lifecycle, Closed, global;
        OnSharedChannelsProfileImageSyncMsgRequest { user: User, remote_cluster: RemoteCluster }
        -> OnSharedChannelsProfileImageSyncMsgResponse { error };
    /// An administrator asks for a support packet; the answer is files to put into it.
    45 GenerateSupportData generate_support_data: Gather, Open, global;
        GenerateSupportDataRequest(plugin_context) { }
        -> GenerateSupportDataResponse { list(files: FileData) };
    /// A user logs in through SAML; an error refuses it.
    46 OnSAMLLogin on_saml_login: Lifecycle, Closed, global, error to user;
        OnSamlLoginRequest(plugin_context) { user: User, assertion: SamlAssertionInfoJson }
        -> OnSamlLoginResponse { error };
    /// A notification e-mail is about to be sent: let it pass, replace its content, or stop it.
    47 EmailNotificationWillBeSent email_notification_will_be_sent: Filter, Open, global;
        EmailNotificationWillBeSentRequest { email_notification: EmailNotificationJson }
        -> EmailNotificationWillBeSentResponse { email };
    /// A file is about to be downloaded: allow or refuse it.
    48 FileWillBeDownloaded file_will_be_downloaded: Filter, Open, global, netrpc only;
        FileWillBeDownloadedRequest(plugin_context) { file_info: FileInfo, user_id: String, download_type: String }
        -> FileWillBeDownloadedResponse { gate(rejection_reason) };
    /// A user is about to be added to a channel: let it pass, change the membership or refuse it.
    49 ChannelMemberWillBeAdded channel_member_will_be_added: Filter, Open, global, netrpc only;
        ChannelMemberWillBeAddedRequest(plugin_context) { channel_member: ChannelMember }
        -> ChannelMemberWillBeAddedResponse {
            filter(modified_member: ChannelMember => channel_member, rejection_reason)
        };
    /// A user is about to be added to a team: let it pass, change the membership or refuse it.
    50 TeamMemberWillBeAdded team_member_will_be_added: Filter, Open, global, netrpc only;
        TeamMemberWillBeAddedRequest(plugin_context) { team_member: TeamMember }
        -> TeamMemberWillBeAddedResponse {
            filter(modified_member: TeamMember => team_member, rejection_reason)
        };
    /// A channel is about to be archived: allow or refuse it.
    51 ChannelWillBeArchived channel_will_be_archived: Filter, Open, global, netrpc only;
        ChannelWillBeArchivedRequest(plugin_context) { channel: Channel }
        -> ChannelWillBeArchivedResponse { gate(rejection_reason) };
    /// A channel is about to be changed: let the change pass, rewrite it or refuse it.
    52 ChannelWillBeUpdated channel_will_be_updated: Filter, Open, global, netrpc only;
        ChannelWillBeUpdatedRequest(plugin_context) { new_channel: Channel, old_channel: Channel }
        -> ChannelWillBeUpdatedResponse {
            filter(modified_channel: Channel => new_channel, rejection_reason)
        };
    /// A channel is about to be restored from the archive: allow or refuse it.
    53 ChannelWillBeRestored channel_will_be_restored: Filter, Open, global, netrpc only;
        ChannelWillBeRestoredRequest(plugin_context) { channel: Channel }
        -> ChannelWillBeRestoredResponse { gate(rejection_reason) };
    /// A post to be sent later is about to be stored: let it pass, rewrite it or refuse it.
    54 ScheduledPostWillBeCreated scheduled_post_will_be_created: Filter, Open, global, netrpc only;
        ScheduledPostWillBeCreatedRequest(plugin_context) { scheduled_post: ScheduledPost }
        -> ScheduledPostWillBeCreatedResponse {
            filter(modified_scheduled_post: ScheduledPost => scheduled_post, rejection_reason)
        };
    /// A draft is about to be stored: let it pass, rewrite it or refuse it.
    55 DraftWillBeUpserted draft_will_be_upserted: Filter, Open, global, netrpc only;
        DraftWillBeUpsertedRequest(plugin_context) { draft: Draft }
        -> DraftWillBeUpsertedResponse {
            filter(modified_draft: Draft => draft, rejection_reason)
        };
    /// As MessagesWillBeConsumed, by a server that says for whom the posts are.
    56 MessagesWillBeConsumedWithContext messages_will_be_consumed_with_context: Filter, Open, global, netrpc only;
        MessagesWillBeConsumedWithContextRequest(plugin_context) { posts: Vec<Post> }
        -> MessagesWillBeConsumedWithContextResponse { posts };

    events {
        /// The store of the application is ready: what it holds may be read.
        "startup" Startup startup: Event, Open, global;
        /// A client was registered in a fleet.
        "client.added" ClientAdded client_added: Event, Open, global;
        /// A client has another hostname than before, or none any more.
        "client.hostname_changed" ClientHostnameChanged client_hostname_changed: Event, Open, global;
        /// Clients were removed, together.
        "client.removed" ClientRemoved client_removed: Event, Open, global;
    }
}
