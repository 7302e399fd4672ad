//! What each hook is expected to be. The table of the product is another one; where the two do not
//! agree, the suite fails.

/// What is expected of a hook.
#[derive(Debug, Clone, Copy)]
pub struct Hook {
    /// Its canonical name.
    pub name: &'static str,
    /// What its handlers answer, and how several answers become one.
    pub form: Form,
    /// What a failure does.
    pub on_failure: OnFailure,
    /// How an error is told.
    pub errors: Errors,
}

/// What handlers answer, and how several answers become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Nothing; everyone is told.
    Nothing,
    /// Allow, reject or replace: arguments, each with the field of the reply that takes its place.
    Filter(&'static [(&'static str, &'static str)]),
    /// A filter whose replacement goes into a JSON document.
    Mail,
    /// Posts that take the place of those with their ids.
    Posts,
    /// A value, from the first that has one; nobody having one is an error of this id, or none.
    Value(Option<&'static str>),
    /// Numbers that are added up.
    Sum,
    /// True if everyone says so.
    All,
    /// Files that are joined.
    Files,
}

/// What a failure does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFailure {
    /// The next handler is asked; the failure is the answer if nobody else has one.
    GoesOn,
    /// The next handler is asked, and the failure is the answer all the same.
    Reported,
    /// It is the answer, and nobody else is asked.
    Ends,
}

/// How an error is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errors {
    /// As a status: the reply has no place for it.
    Status,
    /// In the reply, for the log: with this id and the text in the details.
    Logged(&'static str),
    /// In the reply, for a user: a host shows the id, so that is the text.
    Shown,
}

use Errors::{Logged, Shown, Status};
use Form::{All, Files, Filter, Mail, Nothing, Posts, Sum, Value};
use OnFailure::{Ends, GoesOn, Reported};

const fn hook(name: &'static str, form: Form, on_failure: OnFailure, errors: Errors) -> Hook {
    Hook { name, form, on_failure, errors }
}

/// A hook by which everyone is told.
const fn told(name: &'static str) -> Hook {
    hook(name, Nothing, GoesOn, Status)
}

/// All hooks that are one request and one reply.
pub const HOOKS: [Hook; 40] = [
    hook("OnActivate", Nothing, Ends, Logged("plugin.on_activate.error")),
    hook("OnDeactivate", Nothing, Reported, Logged("plugin.on_deactivate.error")),
    hook(
        "OnConfigurationChange",
        Nothing,
        Reported,
        Logged("plugin.on_configuration_change.error"),
    ),
    hook("OnInstall", Nothing, Ends, Logged("plugin.on_install.error")),
    hook("OnSAMLLogin", Nothing, Ends, Shown),
    hook(
        "OnSharedChannelsAttachmentSyncMsg",
        Nothing,
        Ends,
        Logged("plugin.on_shared_channels_attachment_sync_msg.error"),
    ),
    hook(
        "OnSharedChannelsProfileImageSyncMsg",
        Nothing,
        Ends,
        Logged("plugin.on_shared_channels_profile_image_sync_msg.error"),
    ),
    told("MessageHasBeenPosted"),
    told("MessageHasBeenUpdated"),
    told("MessageHasBeenDeleted"),
    told("UserHasJoinedChannel"),
    told("UserHasLeftChannel"),
    told("UserHasJoinedTeam"),
    told("UserHasLeftTeam"),
    told("ChannelHasBeenCreated"),
    told("UserHasLoggedIn"),
    told("UserHasBeenCreated"),
    told("UserHasBeenDeactivated"),
    told("ReactionHasBeenAdded"),
    told("ReactionHasBeenRemoved"),
    told("OnPluginClusterEvent"),
    told("OnWebSocketConnect"),
    told("OnWebSocketDisconnect"),
    told("WebSocketMessageHasBeenPosted"),
    told("OnSendDailyTelemetry"),
    told("OnCloudLimitsUpdated"),
    told("PreferencesHaveChanged"),
    hook("MessageWillBePosted", Filter(&[("post", "modified_post")]), GoesOn, Status),
    hook("MessageWillBeUpdated", Filter(&[("new_post", "modified_post")]), GoesOn, Status),
    hook(
        "NotificationWillBePushed",
        Filter(&[("push_notification", "modified_notification")]),
        GoesOn,
        Status,
    ),
    hook("ConfigurationWillBeSaved", Filter(&[("new_config", "modified_config")]), Ends, Shown),
    hook(
        "FileWillBeUploaded",
        Filter(&[("file_info", "modified_file_info"), ("file_content", "modified_content")]),
        GoesOn,
        Status,
    ),
    hook("UserWillLogIn", Filter(&[]), GoesOn, Status),
    hook("EmailNotificationWillBeSent", Mail, GoesOn, Status),
    hook("MessagesWillBeConsumed", Posts, GoesOn, Status),
    hook("ExecuteCommand", Value(Some("plugin.execute_command.not_implemented")), Ends, Shown),
    hook(
        "OnSharedChannelsSyncMsg",
        Value(None),
        Ends,
        Logged("plugin.on_shared_channels_sync_msg.error"),
    ),
    hook("OnSharedChannelsPing", All, Ends, Status),
    hook("RunDataRetention", Sum, Ends, Logged("plugin.run_data_retention.error")),
    hook("GenerateSupportData", Files, GoesOn, Logged("plugin.generate_support_data.error")),
];
