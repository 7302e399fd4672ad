//! Users, sessions and teams.

use hookwright::api::{Permission, Timestamp, UserSort, UserStatus};

use crate::calls::calls;

calls! { |v|
    "CreateUser" => message create_user(v.message("User"));
    "DeleteUser" => nothing delete_user(&v.text("user_id"));
    "GetUsers" => list get_users(v.message("GetUsersRequest"));
    "GetUsersByIds" => list get_users_by_ids(&v.texts("user_ids"));
    "GetUser" => message get_user(&v.text("user_id"));
    "GetUserByEmail" => message get_user_by_email(&v.text("email"));
    "GetUserByUsername" => message get_user_by_username(&v.text("name"));
    "GetUsersByUsernames" => list get_users_by_usernames(&v.texts("usernames"));
    "GetUsersInTeam" => list get_users_in_team(&v.text("team_id"), v.number("page"), v.number("per_page"));
    "UpdateUser" => message update_user(v.message("User"));
    "GetUserStatus" => message get_user_status(&v.text("user_id"));
    "GetUserStatusesByIds" => list get_user_statuses_by_ids(&v.texts("user_ids"));
    "UpdateUserStatus" => message update_user_status(&v.text("user_id"), UserStatus::new(&v.text("status")));
    "SetUserStatusTimedDND" => message set_user_status_timed_dnd(&v.text("user_id"), Timestamp::from_millis(v.long("end_time") * 1000));
    "UpdateUserActive" => nothing update_user_active(&v.text("user_id"), v.flag("active"));
    "UpdateUserCustomStatus" => nothing update_user_custom_status(&v.text("user_id"), v.message("CustomStatus"));
    "RemoveUserCustomStatus" => nothing remove_user_custom_status(&v.text("user_id"));
    "GetUsersInChannel" => list get_users_in_channel(&v.text("channel_id"), UserSort::new(&v.text("sort_by")), v.number("page"), v.number("per_page"));
    "GetLDAPUserAttributes" => map get_ldap_user_attributes(&v.text("user_id"), &v.texts("attributes"));
    "SearchUsers" => list search_users(v.message("SearchUsersRequest"));
    "GetProfileImage" => bytes get_profile_image(&v.text("user_id"));
    "SetProfileImage" => nothing set_profile_image(&v.text("user_id"), v.bytes("data"));
    "HasPermissionTo" => flag has_permission_to(&v.text("user_id"), Permission::new(&v.text("permission_id")));
    "HasPermissionToTeam" => flag has_permission_to_team(&v.text("user_id"), &v.text("team_id"), Permission::new(&v.text("permission_id")));
    "HasPermissionToChannel" => flag has_permission_to_channel(&v.text("user_id"), &v.text("channel_id"), Permission::new(&v.text("permission_id")));
    "PublishUserTyping" => nothing publish_user_typing(&v.text("user_id"), &v.text("channel_id"), &v.text("parent_id"));
    "UpdateUserAuth" => message update_user_auth(&v.text("user_id"), v.message("UserAuth"));
    "UpdateUserRoles" => message update_user_roles(&v.text("user_id"), &v.text("new_roles"));
    "GetSession" => message get_session(&v.text("session_id"));
    "CreateSession" => message create_session(v.message("Session"));
    "ExtendSessionExpiry" => nothing extend_session_expiry(&v.text("session_id"), Timestamp::from_millis(v.long("new_expiry")));
    "RevokeSession" => nothing revoke_session(&v.text("session_id"));
    "CreateUserAccessToken" => message create_user_access_token(v.message("UserAccessToken"));
    "RevokeUserAccessToken" => nothing revoke_user_access_token(&v.text("token_id"));
    "CreateTeam" => message create_team(v.message("Team"));
    "DeleteTeam" => nothing delete_team(&v.text("team_id"));
    "GetTeams" => list get_teams();
    "GetTeam" => message get_team(&v.text("team_id"));
    "GetTeamByName" => message get_team_by_name(&v.text("name"));
    "GetTeamsUnreadForUser" => list get_teams_unread_for_user(&v.text("user_id"));
    "UpdateTeam" => message update_team(v.message("Team"));
    "SearchTeams" => list search_teams(&v.text("term"));
    "GetTeamsForUser" => list get_teams_for_user(&v.text("user_id"));
    "CreateTeamMember" => message create_team_member(&v.text("team_id"), &v.text("user_id"));
    "CreateTeamMembers" => list create_team_members(&v.text("team_id"), &v.texts("user_ids"), &v.text("requestor_id"));
    "CreateTeamMembersGracefully" => list create_team_members_gracefully(&v.text("team_id"), &v.texts("user_ids"), &v.text("requestor_id"));
    "DeleteTeamMember" => nothing delete_team_member(&v.text("team_id"), &v.text("user_id"), &v.text("requestor_id"));
    "GetTeamMembers" => list get_team_members(&v.text("team_id"), v.number("page"), v.number("per_page"));
    "GetTeamMember" => message get_team_member(&v.text("team_id"), &v.text("user_id"));
    "GetTeamMembersForUser" => list get_team_members_for_user(&v.text("user_id"), v.number("page"), v.number("per_page"));
    "UpdateTeamMemberRoles" => message update_team_member_roles(&v.text("team_id"), &v.text("user_id"), &v.text("new_roles"));
    "GetTeamIcon" => bytes get_team_icon(&v.text("team_id"));
    "SetTeamIcon" => nothing set_team_icon(&v.text("team_id"), v.bytes("data"));
    "RemoveTeamIcon" => nothing remove_team_icon(&v.text("team_id"));
    "GetTeamStats" => message get_team_stats(&v.text("team_id"));
}
