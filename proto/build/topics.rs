//! What each method of the API is about, and which methods only read.
//!
//! This is the one place for both. A method that is in no topic, or in two, fails the build.

use std::collections::HashMap;

use anyhow::{Result, ensure};

/// Methods that are documented together.
pub(crate) struct Topic {
    pub(crate) heading: &'static str,
    /// Methods that change nothing, so that a call which was lost may be made once more.
    reads: &'static str,
    /// All others, also those that do the same when they are called twice: between the two calls
    /// somebody else may have changed what the second one would set back.
    writes: &'static str,
}

/// What there is to know of a method.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) topic: usize,
    pub(crate) reads: bool,
}

/// The place of each method, by its name.
pub(crate) fn places() -> Result<HashMap<&'static str, Place>> {
    let mut places = HashMap::new();
    for (index, topic) in TOPICS.iter().enumerate() {
        for (names, reads) in [(topic.reads, true), (topic.writes, false)] {
            for name in names.split_whitespace() {
                let place = Place { topic: index, reads };
                ensure!(places.insert(name, place).is_none(), "{name} is in two topics");
            }
        }
    }
    Ok(places)
}

pub(crate) const TOPICS: &[Topic] = &[
    Topic {
        heading: "Users",
        reads: "\
            GetUsers GetUsersByIds GetUser GetUserByEmail GetUserByUsername GetUsersByUsernames \
            GetUsersInTeam GetUsersInChannel GetLDAPUserAttributes SearchUsers GetProfileImage",
        writes: "\
            CreateUser DeleteUser UpdateUser SetProfileImage PublishUserTyping UpdateUserAuth \
            UpdateUserActive UpdateUserRoles",
    },
    Topic {
        heading: "Statuses of users",
        reads: "GetUserStatus GetUserStatusesByIds",
        writes: "\
            UpdateUserStatus SetUserStatusTimedDND UpdateUserCustomStatus \
            RemoveUserCustomStatus",
    },
    Topic {
        heading: "Permissions and roles",
        reads: "\
            HasPermissionTo HasPermissionToTeam HasPermissionToChannel RolesGrantPermission",
        writes: "",
    },
    Topic {
        heading: "Sessions and access tokens",
        reads: "GetSession",
        writes: "\
            CreateSession ExtendSessionExpiry RevokeSession CreateUserAccessToken \
            RevokeUserAccessToken",
    },
    Topic {
        heading: "Teams",
        reads: "\
            GetTeams GetTeam GetTeamByName GetTeamsUnreadForUser SearchTeams GetTeamsForUser \
            GetTeamIcon GetTeamStats",
        writes: "CreateTeam DeleteTeam UpdateTeam SetTeamIcon RemoveTeamIcon",
    },
    Topic {
        heading: "Members of teams",
        reads: "GetTeamMembers GetTeamMember GetTeamMembersForUser",
        writes: "\
            CreateTeamMember CreateTeamMembers CreateTeamMembersGracefully DeleteTeamMember \
            UpdateTeamMemberRoles",
    },
    Topic {
        heading: "Channels",
        reads: "\
            GetPublicChannelsForTeam GetChannel GetChannelByName GetChannelByNameForTeamName \
            GetChannelsForTeamForUser GetChannelStats SearchChannels",
        writes: "\
            CreateChannel DeleteChannel GetDirectChannel GetGroupChannel UpdateChannel",
    },
    Topic {
        heading: "Members of channels",
        reads: "\
            GetChannelMember GetChannelMembers GetChannelMembersByIds GetChannelMembersForUser",
        writes: "\
            AddChannelMember AddUserToChannel UpdateChannelMemberRoles \
            UpdateChannelMemberNotifications PatchChannelMembersNotifications \
            DeleteChannelMember",
    },
    Topic {
        heading: "Sidebar categories",
        reads: "GetChannelSidebarCategories",
        writes: "CreateChannelSidebarCategory UpdateChannelSidebarCategories",
    },
    Topic {
        heading: "Posts",
        reads: "\
            GetPostThread GetPost GetPostsSince GetPostsAfter GetPostsBefore GetPostsForChannel \
            SearchPostsInTeam SearchPostsInTeamForUser",
        writes: "\
            CreatePost SendEphemeralPost UpdateEphemeralPost DeleteEphemeralPost DeletePost \
            UpdatePost",
    },
    Topic { heading: "Reactions", reads: "GetReactions", writes: "AddReaction RemoveReaction" },
    Topic {
        heading: "Emoji",
        reads: "GetEmojiList GetEmojiByName GetEmoji GetEmojiImage",
        writes: "",
    },
    Topic {
        heading: "Key-value store",
        reads: "KVGet KVList",
        writes: "\
            KVSet KVCompareAndSet KVCompareAndDelete KVSetWithOptions KVSetWithExpiry KVDelete \
            KVDeleteAll",
    },
    Topic {
        heading: "Events to clients and to other nodes",
        reads: "",
        writes: "PublishWebSocketEvent PublishPluginClusterEvent",
    },
    Topic {
        heading: "Configuration",
        reads: "\
            LoadPluginConfiguration GetConfig GetUnsanitizedConfig GetPluginConfig",
        writes: "SaveConfig SavePluginConfig",
    },
    Topic {
        heading: "Plugins",
        reads: "GetBundlePath GetPlugins GetPluginStatus GetPluginID",
        writes: "\
            EnablePlugin DisablePlugin RemovePlugin InstallPlugin PluginHTTP \
            RegisterCollectionAndTopic",
    },
    Topic {
        heading: "Log",
        reads: "",
        writes: "LogDebug LogInfo LogError LogWarn LogAuditRec LogAuditRecWithLevel",
    },
    Topic {
        heading: "Files",
        reads: "GetFileInfo GetFileInfos GetFile GetFileLink ReadFile",
        writes: "CopyFileInfos SetFileSearchableContent UploadFile",
    },
    Topic {
        heading: "Upload sessions",
        reads: "GetUploadSession",
        writes: "CreateUploadSession UploadData",
    },
    Topic {
        heading: "Bots",
        reads: "GetBot GetBots",
        writes: "CreateBot PatchBot UpdateBotActive PermanentDeleteBot EnsureBotUser",
    },
    Topic {
        heading: "The server",
        reads: "\
            GetLicense IsEnterpriseReady GetServerVersion GetSystemInstallDate GetDiagnosticId \
            GetTelemetryId GetCloudLimits",
        writes: "RequestTrialLicense",
    },
    Topic {
        heading: "Slash commands",
        reads: "\
            ListCommands ListCustomCommands ListPluginCommands ListBuiltInCommands GetCommand",
        writes: "\
            RegisterCommand UnregisterCommand ExecuteSlashCommand CreateCommand UpdateCommand \
            DeleteCommand",
    },
    Topic {
        heading: "Preferences",
        reads: "GetPreferenceForUser GetPreferencesForUser",
        writes: "UpdatePreferencesForUser DeletePreferencesForUser",
    },
    Topic {
        heading: "OAuth apps",
        reads: "GetOAuthApp",
        writes: "CreateOAuthApp UpdateOAuthApp DeleteOAuthApp",
    },
    Topic {
        heading: "Groups",
        reads: "\
            GetGroup GetGroupByName GetGroupMemberUsers GetGroupsBySource GetGroupsForUser \
            GetGroupByRemoteID GetGroupSyncable GetGroupSyncables GetGroups",
        writes: "\
            UpsertGroupMember UpsertGroupMembers CreateGroup UpdateGroup DeleteGroup \
            RestoreGroup DeleteGroupMember UpsertGroupSyncable UpdateGroupSyncable \
            DeleteGroupSyncable CreateDefaultSyncableMemberships \
            DeleteGroupConstrainedMemberships",
    },
    Topic {
        heading: "Shared channels",
        reads: "",
        writes: "\
            RegisterPluginForSharedChannels UnregisterPluginForSharedChannels ShareChannel \
            UpdateSharedChannel UnshareChannel UpdateSharedChannelCursor SyncSharedChannel \
            InviteRemoteToChannel UninviteRemoteFromChannel",
    },
    Topic {
        heading: "Properties",
        reads: "\
            GetPropertyField GetPropertyFields SearchPropertyFields CountPropertyFields \
            CountPropertyFieldsForTarget GetPropertyValue GetPropertyValues SearchPropertyValues \
            GetPropertyGroup GetPropertyFieldByName",
        writes: "\
            CreatePropertyField UpdatePropertyField DeletePropertyField CreatePropertyValue \
            UpdatePropertyValue UpsertPropertyValue DeletePropertyValue RegisterPropertyGroup \
            UpdatePropertyFields UpdatePropertyValues UpsertPropertyValues \
            DeletePropertyValuesForTarget DeletePropertyValuesForField",
    },
    Topic {
        heading: "Dialogs, mail and push notifications",
        reads: "",
        writes: "OpenInteractiveDialog SendMail SendPushNotification",
    },
];
