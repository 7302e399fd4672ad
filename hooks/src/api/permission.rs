//! The permissions that the server knows.

use super::words::words;

words! {
    /// A permission, by its id, for `has_permission_to` and its like.
    ///
    /// Those of the system console have no constant; `Permission::new("sysconsole_read_plugins")`
    /// is one of them.
    ///
    /// ```
    /// use hookwright::api::Permission;
    ///
    /// assert_eq!(Permission::MANAGE_TEAM.as_str(), "manage_team");
    /// ```
    Permission {
        MANAGE_SYSTEM = "manage_system",
        MANAGE_ROLES = "manage_roles",
        ASSIGN_SYSTEM_ADMIN_ROLE = "assign_system_admin_role",
        EDIT_OTHER_USERS = "edit_other_users",
        READ_OTHER_USERS_TEAMS = "read_other_users_teams",
        LIST_USERS_WITHOUT_TEAM = "list_users_without_team",
        VIEW_MEMBERS = "view_members",
        INVITE_GUEST = "invite_guest",
        PROMOTE_GUEST = "promote_guest",
        DEMOTE_TO_GUEST = "demote_to_guest",
        CREATE_TEAM = "create_team",
        LIST_PUBLIC_TEAMS = "list_public_teams",
        JOIN_PUBLIC_TEAMS = "join_public_teams",
        LIST_PRIVATE_TEAMS = "list_private_teams",
        JOIN_PRIVATE_TEAMS = "join_private_teams",
        CREATE_DIRECT_CHANNEL = "create_direct_channel",
        CREATE_GROUP_CHANNEL = "create_group_channel",
        CREATE_USER_ACCESS_TOKEN = "create_user_access_token",
        READ_USER_ACCESS_TOKEN = "read_user_access_token",
        REVOKE_USER_ACCESS_TOKEN = "revoke_user_access_token",
        CREATE_BOT = "create_bot",
        ASSIGN_BOT = "assign_bot",
        READ_BOTS = "read_bots",
        READ_OTHERS_BOTS = "read_others_bots",
        MANAGE_BOTS = "manage_bots",
        MANAGE_OTHERS_BOTS = "manage_others_bots",
        MANAGE_OAUTH = "manage_oauth",
        MANAGE_SYSTEM_WIDE_OAUTH = "manage_system_wide_oauth",
        MANAGE_SHARED_CHANNELS = "manage_shared_channels",
        MANAGE_SECURE_CONNECTIONS = "manage_secure_connections",
        READ_JOBS = "read_jobs",
        MANAGE_JOBS = "manage_jobs",
        READ_AUDITS = "read_audits",
        GET_LOGS = "get_logs",
        GET_ANALYTICS = "get_analytics",
        READ_LICENSE_INFORMATION = "read_license_information",
        MANAGE_LICENSE_INFORMATION = "manage_license_information",
        EDIT_BRAND = "edit_brand",
        CREATE_CUSTOM_GROUP = "create_custom_group",
        EDIT_CUSTOM_GROUP = "edit_custom_group",
        DELETE_CUSTOM_GROUP = "delete_custom_group",
        RESTORE_CUSTOM_GROUP = "restore_custom_group",
        MANAGE_CUSTOM_GROUP_MEMBERS = "manage_custom_group_members",
        MANAGE_TEAM = "manage_team",
        MANAGE_TEAM_ROLES = "manage_team_roles",
        VIEW_TEAM = "view_team",
        IMPORT_TEAM = "import_team",
        INVITE_USER = "invite_user",
        ADD_USER_TO_TEAM = "add_user_to_team",
        REMOVE_USER_FROM_TEAM = "remove_user_from_team",
        LIST_TEAM_CHANNELS = "list_team_channels",
        JOIN_PUBLIC_CHANNELS = "join_public_channels",
        READ_PUBLIC_CHANNEL = "read_public_channel",
        CREATE_PUBLIC_CHANNEL = "create_public_channel",
        CREATE_PRIVATE_CHANNEL = "create_private_channel",
        MANAGE_SLASH_COMMANDS = "manage_slash_commands",
        MANAGE_OTHERS_SLASH_COMMANDS = "manage_others_slash_commands",
        MANAGE_OWN_INCOMING_WEBHOOKS = "manage_own_incoming_webhooks",
        MANAGE_OTHERS_INCOMING_WEBHOOKS = "manage_others_incoming_webhooks",
        MANAGE_OWN_OUTGOING_WEBHOOKS = "manage_own_outgoing_webhooks",
        MANAGE_OTHERS_OUTGOING_WEBHOOKS = "manage_others_outgoing_webhooks",
        CREATE_EMOJIS = "create_emojis",
        DELETE_EMOJIS = "delete_emojis",
        DELETE_OTHERS_EMOJIS = "delete_others_emojis",
        READ_CHANNEL = "read_channel",
        READ_CHANNEL_CONTENT = "read_channel_content",
        MANAGE_CHANNEL_ROLES = "manage_channel_roles",
        MANAGE_PUBLIC_CHANNEL_MEMBERS = "manage_public_channel_members",
        MANAGE_PRIVATE_CHANNEL_MEMBERS = "manage_private_channel_members",
        MANAGE_PUBLIC_CHANNEL_PROPERTIES = "manage_public_channel_properties",
        MANAGE_PRIVATE_CHANNEL_PROPERTIES = "manage_private_channel_properties",
        CONVERT_PUBLIC_CHANNEL_TO_PRIVATE = "convert_public_channel_to_private",
        CONVERT_PRIVATE_CHANNEL_TO_PUBLIC = "convert_private_channel_to_public",
        DELETE_PUBLIC_CHANNEL = "delete_public_channel",
        DELETE_PRIVATE_CHANNEL = "delete_private_channel",
        READ_PUBLIC_CHANNEL_GROUPS = "read_public_channel_groups",
        READ_PRIVATE_CHANNEL_GROUPS = "read_private_channel_groups",
        ADD_BOOKMARK_PUBLIC_CHANNEL = "add_bookmark_public_channel",
        EDIT_BOOKMARK_PUBLIC_CHANNEL = "edit_bookmark_public_channel",
        DELETE_BOOKMARK_PUBLIC_CHANNEL = "delete_bookmark_public_channel",
        ORDER_BOOKMARK_PUBLIC_CHANNEL = "order_bookmark_public_channel",
        ADD_BOOKMARK_PRIVATE_CHANNEL = "add_bookmark_private_channel",
        EDIT_BOOKMARK_PRIVATE_CHANNEL = "edit_bookmark_private_channel",
        DELETE_BOOKMARK_PRIVATE_CHANNEL = "delete_bookmark_private_channel",
        ORDER_BOOKMARK_PRIVATE_CHANNEL = "order_bookmark_private_channel",
        CREATE_POST = "create_post",
        CREATE_POST_PUBLIC = "create_post_public",
        CREATE_POST_EPHEMERAL = "create_post_ephemeral",
        EDIT_POST = "edit_post",
        EDIT_OTHERS_POSTS = "edit_others_posts",
        DELETE_POST = "delete_post",
        DELETE_OTHERS_POSTS = "delete_others_posts",
        READ_DELETED_POSTS = "read_deleted_posts",
        ADD_REACTION = "add_reaction",
        REMOVE_REACTION = "remove_reaction",
        REMOVE_OTHERS_REACTIONS = "remove_others_reactions",
        USE_CHANNEL_MENTIONS = "use_channel_mentions",
        USE_GROUP_MENTIONS = "use_group_mentions",
        UPLOAD_FILE = "upload_file",
        GET_PUBLIC_LINK = "get_public_link",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_has_an_id_of_its_own() {
        let ids: BTreeSet<_> =
            Permission::ALL.iter().map(|permission| permission.as_str()).collect();
        assert_eq!(ids.len(), Permission::ALL.len());
    }
}
