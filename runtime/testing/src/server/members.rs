//! Who is in a channel.

use hookwright::ChannelMember;
use hookwright::proto::{
    AddChannelMemberRequest, AddChannelMemberResponse, AddUserToChannelRequest,
    AddUserToChannelResponse, DeleteChannelMemberRequest, DeleteChannelMemberResponse,
    GetChannelMemberRequest, GetChannelMemberResponse, GetChannelMembersByIdsRequest,
    GetChannelMembersByIdsResponse, GetChannelMembersForUserRequest,
    GetChannelMembersForUserResponse, GetChannelMembersRequest, GetChannelMembersResponse,
    GetUsersInChannelRequest, GetUsersInChannelResponse, UpdateChannelMemberNotificationsRequest,
    UpdateChannelMemberNotificationsResponse, UpdateChannelMemberRolesRequest,
    UpdateChannelMemberRolesResponse,
};

use super::methods::topic;
use super::refuse::{Refusal, not_found};
use super::world::{World, page};
use crate::build::channel_member;

topic! {
    AddChannelMember: add,
    AddUserToChannel: add_as,
    DeleteChannelMember: delete,
    GetChannelMember: get,
    GetChannelMembers: get_all,
    GetChannelMembersByIds: get_by_ids,
    GetChannelMembersForUser: get_for_user,
    GetUsersInChannel: get_users,
    UpdateChannelMemberNotifications: update_notifications,
    UpdateChannelMemberRoles: update_roles,
}

fn add(
    world: &mut World,
    request: AddChannelMemberRequest,
) -> Result<AddChannelMemberResponse, Refusal> {
    let member = world.add_member(&request.channel_id, &request.user_id, "")?;
    Ok(AddChannelMemberResponse { channel_member: Some(member), error: None })
}

fn add_as(
    world: &mut World,
    request: AddUserToChannelRequest,
) -> Result<AddUserToChannelResponse, Refusal> {
    let AddUserToChannelRequest { channel_id, user_id, as_user_id, .. } = request;
    let member = world.add_member(&channel_id, &user_id, &as_user_id)?;
    Ok(AddUserToChannelResponse { channel_member: Some(member), error: None })
}

fn delete(
    world: &mut World,
    request: DeleteChannelMemberRequest,
) -> Result<DeleteChannelMemberResponse, Refusal> {
    world.channel("DeleteChannelMember", &request.channel_id)?;
    world.channel_members.retain(|member| {
        member.channel_id != request.channel_id || member.user_id != request.user_id
    });
    Ok(DeleteChannelMemberResponse::default())
}

fn get(
    world: &mut World,
    request: GetChannelMemberRequest,
) -> Result<GetChannelMemberResponse, Refusal> {
    let member = world.channel_member(&request.channel_id, &request.user_id)?.clone();
    Ok(GetChannelMemberResponse { channel_member: Some(member), error: None })
}

fn get_all(
    world: &mut World,
    request: GetChannelMembersRequest,
) -> Result<GetChannelMembersResponse, Refusal> {
    let members = world.channel_members.iter();
    let of_channel = members.filter(|member| member.channel_id == request.channel_id).cloned();
    let channel_members = page(of_channel, request.page, request.per_page);
    Ok(GetChannelMembersResponse { channel_members, error: None })
}

fn get_by_ids(
    world: &mut World,
    request: GetChannelMembersByIdsRequest,
) -> Result<GetChannelMembersByIdsResponse, Refusal> {
    let members = request.user_ids.iter();
    let members = members.filter_map(|user| world.channel_member(&request.channel_id, user).ok());
    let channel_members = members.cloned().collect();
    Ok(GetChannelMembersByIdsResponse { channel_members, error: None })
}

/// A server does not look at the team.
fn get_for_user(
    world: &mut World,
    request: GetChannelMembersForUserRequest,
) -> Result<GetChannelMembersForUserResponse, Refusal> {
    let members = world.channel_members.iter();
    let of_user = members.filter(|member| member.user_id == request.user_id).cloned();
    let channel_members = page(of_user, request.page, request.per_page);
    Ok(GetChannelMembersForUserResponse { channel_members, error: None })
}

fn get_users(
    world: &mut World,
    request: GetUsersInChannelRequest,
) -> Result<GetUsersInChannelResponse, Refusal> {
    let users = world.users_by_name().into_iter();
    let users = users.filter(|user| world.is_in_channel(&request.channel_id, &user.id)).cloned();
    let users = page(users, request.page, request.per_page);
    Ok(GetUsersInChannelResponse { users, error: None })
}

fn update_roles(
    world: &mut World,
    request: UpdateChannelMemberRolesRequest,
) -> Result<UpdateChannelMemberRolesResponse, Refusal> {
    let UpdateChannelMemberRolesRequest { channel_id, user_id, new_roles, .. } = request;
    let member = world.change_member(&channel_id, &user_id, |member| member.roles = new_roles)?;
    Ok(UpdateChannelMemberRolesResponse { channel_member: Some(member), error: None })
}

fn update_notifications(
    world: &mut World,
    request: UpdateChannelMemberNotificationsRequest,
) -> Result<UpdateChannelMemberNotificationsResponse, Refusal> {
    let member = world.change_member(&request.channel_id, &request.user_id, |member| {
        member.notify_props.extend(request.notifications);
    })?;
    Ok(UpdateChannelMemberNotificationsResponse { channel_member: Some(member), error: None })
}

impl World {
    pub(super) fn is_in_channel(&self, channel_id: &str, user_id: &str) -> bool {
        self.channel_member(channel_id, user_id).is_ok()
    }

    fn channel_member(&self, channel_id: &str, user_id: &str) -> Result<&ChannelMember, Refusal> {
        let is_it = |it: &&ChannelMember| it.channel_id == channel_id && it.user_id == user_id;
        self.channel_members.iter().find(is_it).ok_or_else(|| no_member(channel_id, user_id))
    }

    fn change_member(
        &mut self,
        channel_id: &str,
        user_id: &str,
        change: impl FnOnce(&mut ChannelMember),
    ) -> Result<ChannelMember, Refusal> {
        let now = self.now();
        let is_it = |it: &&mut ChannelMember| it.channel_id == channel_id && it.user_id == user_id;
        let member = self.channel_members.iter_mut().find(is_it);
        let member = member.ok_or_else(|| no_member(channel_id, user_id))?;
        change(member);
        member.last_update_at = now;
        Ok(member.clone())
    }

    /// Who is in the channel stays there. Others are in its team before; a direct channel has none,
    /// so that nobody is added to one.
    fn add_member(
        &mut self,
        channel_id: &str,
        user_id: &str,
        as_user_id: &str,
    ) -> Result<ChannelMember, Refusal> {
        let channel = self.channel("GetChannel", channel_id)?;
        if !self.is_in_channel(channel_id, user_id) {
            self.user("GetUser", user_id)?;
            if !as_user_id.is_empty() {
                self.user("GetUser", as_user_id)?;
            }
            self.team_member("AddUserToChannel", &channel.team_id, user_id)?;
        }
        Ok(self.join_channel(channel_id, user_id))
    }

    /// Makes a user a member, unless they are one.
    pub(super) fn join_channel(&mut self, channel_id: &str, user_id: &str) -> ChannelMember {
        if let Ok(member) = self.channel_member(channel_id, user_id) {
            return member.clone();
        }
        let member =
            ChannelMember { last_update_at: self.now(), ..channel_member(channel_id, user_id) };
        self.channel_members.push(member.clone());
        member
    }
}

fn no_member(channel_id: &str, user_id: &str) -> Refusal {
    let id = "app.channel.get_member.missing.app_error";
    not_found("GetChannelMember", id, &format!("member {user_id} of the channel {channel_id}"))
}
