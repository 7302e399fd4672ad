//! Channels, posts, reactions and emoji.

use hookwright::api::Timestamp;

use crate::calls::calls;

calls! { |v|
    "CreateChannel" => message create_channel(v.message("Channel"));
    "DeleteChannel" => nothing delete_channel(&v.text("channel_id"));
    "GetPublicChannelsForTeam" => list get_public_channels_for_team(&v.text("team_id"), v.number("page"), v.number("per_page"));
    "GetChannel" => message get_channel(&v.text("channel_id"));
    "GetChannelByName" => message get_channel_by_name(&v.text("team_id"), &v.text("name"), v.flag("include_deleted"));
    "GetChannelByNameForTeamName" => message get_channel_by_name_for_team_name(&v.text("team_name"), &v.text("channel_name"), v.flag("include_deleted"));
    "GetChannelsForTeamForUser" => list get_channels_for_team_for_user(&v.text("team_id"), &v.text("user_id"), v.flag("include_deleted"));
    "GetChannelStats" => message get_channel_stats(&v.text("channel_id"));
    "GetDirectChannel" => message get_direct_channel(&v.text("user_id_1"), &v.text("user_id_2"));
    "GetGroupChannel" => message get_group_channel(&v.texts("user_ids"));
    "UpdateChannel" => message update_channel(v.message("Channel"));
    "SearchChannels" => list search_channels(&v.text("team_id"), &v.text("term"));
    "AddChannelMember" => message add_channel_member(&v.text("channel_id"), &v.text("user_id"));
    "AddUserToChannel" => message add_user_to_channel(&v.text("channel_id"), &v.text("user_id"), &v.text("as_user_id"));
    "GetChannelMember" => message get_channel_member(&v.text("channel_id"), &v.text("user_id"));
    "GetChannelMembers" => list get_channel_members(&v.text("channel_id"), v.number("page"), v.number("per_page"));
    "GetChannelMembersByIds" => list get_channel_members_by_ids(&v.text("channel_id"), &v.texts("user_ids"));
    "GetChannelMembersForUser" => list get_channel_members_for_user(&v.text("team_id"), &v.text("user_id"), v.number("page"), v.number("per_page"));
    "UpdateChannelMemberRoles" => message update_channel_member_roles(&v.text("channel_id"), &v.text("user_id"), &v.text("new_roles"));
    "UpdateChannelMemberNotifications" => message update_channel_member_notifications(&v.text("channel_id"), &v.text("user_id"), v.pair("notifications"));
    "PatchChannelMembersNotifications" => nothing patch_channel_members_notifications(v.messages("ChannelMemberIdentifier"), v.pair("notify_props"));
    "DeleteChannelMember" => nothing delete_channel_member(&v.text("channel_id"), &v.text("user_id"));
    "CreateChannelSidebarCategory" => message create_channel_sidebar_category(&v.text("user_id"), &v.text("team_id"), v.message("SidebarCategoryWithChannels"));
    "GetChannelSidebarCategories" => message get_channel_sidebar_categories(&v.text("user_id"), &v.text("team_id"));
    "UpdateChannelSidebarCategories" => list update_channel_sidebar_categories(&v.text("user_id"), &v.text("team_id"), v.messages("SidebarCategoryWithChannels"));
    "CreatePost" => message create_post(v.message("Post"));
    "AddReaction" => message add_reaction(v.message("Reaction"));
    "RemoveReaction" => nothing remove_reaction(v.message("Reaction"));
    "GetReactions" => list get_reactions(&v.text("post_id"));
    "SendEphemeralPost" => message send_ephemeral_post(&v.text("user_id"), v.message("Post"));
    "UpdateEphemeralPost" => message update_ephemeral_post(&v.text("user_id"), v.message("Post"));
    "DeleteEphemeralPost" => nothing delete_ephemeral_post(&v.text("user_id"), &v.text("post_id"));
    "DeletePost" => nothing delete_post(&v.text("post_id"));
    "GetPostThread" => message get_post_thread(&v.text("post_id"));
    "GetPost" => message get_post(&v.text("post_id"));
    "GetPostsSince" => message get_posts_since(&v.text("channel_id"), Timestamp::from_millis(v.long("time")));
    "GetPostsAfter" => message get_posts_after(&v.text("channel_id"), &v.text("post_id"), v.number("page"), v.number("per_page"));
    "GetPostsBefore" => message get_posts_before(&v.text("channel_id"), &v.text("post_id"), v.number("page"), v.number("per_page"));
    "GetPostsForChannel" => message get_posts_for_channel(&v.text("channel_id"), v.number("page"), v.number("per_page"));
    "UpdatePost" => message update_post(v.message("Post"));
    "SearchPostsInTeam" => list search_posts_in_team(&v.text("team_id"), v.messages("SearchParams"));
    "SearchPostsInTeamForUser" => message search_posts_in_team_for_user(&v.text("team_id"), &v.text("user_id"), v.message("SearchParameter"));
    "GetEmojiList" => list get_emoji_list(&v.text("sort_by"), v.number("page"), v.number("per_page"));
    "GetEmojiByName" => message get_emoji_by_name(&v.text("name"));
    "GetEmoji" => message get_emoji(&v.text("emoji_id"));
    "GetEmojiImage" => whole get_emoji_image(&v.text("emoji_id"));
}
