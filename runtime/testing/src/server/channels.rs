//! Channels.

use hookwright::Channel;
use hookwright::proto::{
    ChannelStats, ChannelType, CreateChannelRequest, CreateChannelResponse, DeleteChannelRequest,
    DeleteChannelResponse, GetChannelByNameForTeamNameRequest, GetChannelByNameForTeamNameResponse,
    GetChannelByNameRequest, GetChannelByNameResponse, GetChannelRequest, GetChannelResponse,
    GetChannelStatsRequest, GetChannelStatsResponse, GetChannelsForTeamForUserRequest,
    GetChannelsForTeamForUserResponse, GetPublicChannelsForTeamRequest,
    GetPublicChannelsForTeamResponse, SearchChannelsRequest, SearchChannelsResponse,
    UpdateChannelRequest, UpdateChannelResponse,
};

use super::methods::topic;
use super::refuse::{Refusal, invalid, no_channel, not_found};
use super::world::{World, page};
use crate::new_id;

topic! {
    CreateChannel: create,
    DeleteChannel: delete,
    GetChannel: get,
    GetChannelByName: get_by_name,
    GetChannelByNameForTeamName: get_by_team_name,
    GetChannelStats: get_stats,
    GetChannelsForTeamForUser: get_for_user,
    GetPublicChannelsForTeam: get_public,
    SearchChannels: search,
    UpdateChannel: update,
}

fn get(world: &mut World, request: GetChannelRequest) -> Result<GetChannelResponse, Refusal> {
    let channel = Some(world.channel("GetChannel", &request.channel_id)?.clone());
    Ok(GetChannelResponse { channel, error: None })
}

fn get_by_name(
    world: &mut World,
    request: GetChannelByNameRequest,
) -> Result<GetChannelByNameResponse, Refusal> {
    let GetChannelByNameRequest { team_id, name, include_deleted, .. } = request;
    let channel = Some(world.channel_by_name(&team_id, &name, include_deleted)?.clone());
    Ok(GetChannelByNameResponse { channel, error: None })
}

fn get_by_team_name(
    world: &mut World,
    request: GetChannelByNameForTeamNameRequest,
) -> Result<GetChannelByNameForTeamNameResponse, Refusal> {
    let team = world.team_by_name("GetChannelByNameForTeamName", &request.team_name)?;
    let (name, deleted) = (&request.channel_name, request.include_deleted);
    let channel = Some(world.channel_by_name(&team.id, name, deleted)?.clone());
    Ok(GetChannelByNameForTeamNameResponse { channel, error: None })
}

fn get_public(
    world: &mut World,
    request: GetPublicChannelsForTeamRequest,
) -> Result<GetPublicChannelsForTeamResponse, Refusal> {
    let public = world.channels_of(&request.team_id).into_iter();
    let public = public.filter(|channel| channel.r#type() == ChannelType::Open).cloned();
    let channels = page(public, request.page, request.per_page);
    Ok(GetPublicChannelsForTeamResponse { channels, error: None })
}

/// Direct and group channels belong to every team.
fn get_for_user(
    world: &mut World,
    request: GetChannelsForTeamForUserRequest,
) -> Result<GetChannelsForTeamForUserResponse, Refusal> {
    let fits = |channel: &&Channel| {
        (channel.team_id == request.team_id || channel.team_id.is_empty())
            && (request.include_deleted || channel.delete_at == 0)
            && world.is_in_channel(&channel.id, &request.user_id)
    };
    let channels = world.channels.values().filter(fits).cloned().collect();
    Ok(GetChannelsForTeamForUserResponse { channels, error: None })
}

fn search(
    world: &mut World,
    request: SearchChannelsRequest,
) -> Result<SearchChannelsResponse, Refusal> {
    let term = request.term.to_lowercase();
    let has = |channel: &&Channel| {
        [&channel.name, &channel.display_name]
            .iter()
            .any(|name| name.to_lowercase().contains(&term))
    };
    let channels = world.channels_of(&request.team_id).into_iter().filter(has).cloned().collect();
    Ok(SearchChannelsResponse { channels, error: None })
}

fn create(
    world: &mut World,
    request: CreateChannelRequest,
) -> Result<CreateChannelResponse, Refusal> {
    let mut channel = request.channel.unwrap_or_default();
    if channel.name.is_empty() {
        let id = "model.channel.is_valid.1_or_more.app_error";
        return Err(invalid("Channel.IsValid", id, "A channel has a name."));
    }
    world.team("CreateChannel", &channel.team_id)?;
    if world.channel_by_name(&channel.team_id, &channel.name, true).is_ok() {
        let id = "store.sql_channel.save_channel.exists.app_error";
        return Err(invalid("CreateChannel", id, &format!("{} exists.", channel.name)));
    }
    channel.id = new_id("channel");
    channel.create_at = world.now();
    channel.update_at = channel.create_at;
    world.channels.insert(channel.id.clone(), channel.clone());
    if world.users.contains_key(&channel.creator_id) {
        world.join_channel(&channel.id, &channel.creator_id);
    }
    Ok(CreateChannelResponse { channel: Some(channel), error: None })
}

fn update(
    world: &mut World,
    request: UpdateChannelRequest,
) -> Result<UpdateChannelResponse, Refusal> {
    let channel = request.channel.unwrap_or_default();
    world.channel("UpdateChannel", &channel.id)?;
    let channel = Channel { update_at: world.now(), ..channel };
    world.channels.insert(channel.id.clone(), channel.clone());
    Ok(UpdateChannelResponse { channel: Some(channel), error: None })
}

fn delete(
    world: &mut World,
    request: DeleteChannelRequest,
) -> Result<DeleteChannelResponse, Refusal> {
    let now = world.now();
    let channel = world.channels.get_mut(&request.channel_id);
    let channel = channel.ok_or_else(|| no_channel("DeleteChannel", &request.channel_id))?;
    channel.delete_at = now;
    Ok(DeleteChannelResponse::default())
}

fn get_stats(
    world: &mut World,
    request: GetChannelStatsRequest,
) -> Result<GetChannelStatsResponse, Refusal> {
    world.channel("GetChannelStats", &request.channel_id)?;
    let members =
        world.channel_members.iter().filter(|member| member.channel_id == request.channel_id);
    let posts = world.posts.iter().filter(|post| {
        post.channel_id == request.channel_id && post.delete_at == 0 && post.is_pinned
    });
    let stats = ChannelStats {
        member_count: count(members),
        pinnedpost_count: count(posts),
        channel_id: request.channel_id,
        ..ChannelStats::default()
    };
    Ok(GetChannelStatsResponse { channel_stats: Some(stats), error: None })
}

fn count(items: impl Iterator) -> i64 {
    i64::try_from(items.count()).unwrap_or(i64::MAX)
}

impl World {
    /// The channel with an id, archived or not.
    pub(super) fn channel(&self, place: &str, channel_id: &str) -> Result<&Channel, Refusal> {
        self.channels.get(channel_id).ok_or_else(|| no_channel(place, channel_id))
    }

    fn channel_by_name(
        &self,
        team_id: &str,
        name: &str,
        deleted: bool,
    ) -> Result<&Channel, Refusal> {
        let channel = self.channels.values().find(|channel| {
            channel.team_id == team_id
                && channel.name == name
                && (deleted || channel.delete_at == 0)
        });
        let id = "app.channel.get_by_name.missing.app_error";
        channel.ok_or_else(|| not_found("GetChannelByName", id, &format!("channel {name}")))
    }

    /// The channels of a team that are not archived, as lists have them.
    fn channels_of(&self, team_id: &str) -> Vec<&Channel> {
        let of_team = |channel: &&Channel| channel.team_id == team_id && channel.delete_at == 0;
        let mut channels: Vec<_> = self.channels.values().filter(of_team).collect();
        channels.sort_by_key(|channel| &channel.display_name);
        channels
    }
}
