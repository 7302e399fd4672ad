//! Teams, and who is in them.

use hookwright::proto::{
    CreateTeamMemberRequest, CreateTeamMemberResponse, CreateTeamRequest, CreateTeamResponse,
    DeleteTeamMemberRequest, DeleteTeamMemberResponse, DeleteTeamRequest, DeleteTeamResponse,
    GetTeamByNameRequest, GetTeamByNameResponse, GetTeamMemberRequest, GetTeamMemberResponse,
    GetTeamMembersForUserRequest, GetTeamMembersForUserResponse, GetTeamMembersRequest,
    GetTeamMembersResponse, GetTeamRequest, GetTeamResponse, GetTeamStatsRequest,
    GetTeamStatsResponse, GetTeamsForUserRequest, GetTeamsForUserResponse, GetTeamsRequest,
    GetTeamsResponse, GetUsersInTeamRequest, GetUsersInTeamResponse, TeamStats, UpdateTeamRequest,
    UpdateTeamResponse,
};
use hookwright::{Team, TeamMember};

use super::methods::topic;
use super::refuse::{Refusal, invalid, no_team, not_found};
use super::world::{World, page};
use crate::build::team_member;
use crate::new_id;

topic! {
    CreateTeam: create,
    CreateTeamMember: create_member,
    DeleteTeam: delete,
    DeleteTeamMember: delete_member,
    GetTeam: get,
    GetTeamByName: get_by_name,
    GetTeamMember: get_member,
    GetTeamMembers: get_members,
    GetTeamMembersForUser: get_members_for_user,
    GetTeamStats: get_stats,
    GetTeams: get_all,
    GetTeamsForUser: get_for_user,
    GetUsersInTeam: get_users,
    UpdateTeam: update,
}

fn get(world: &mut World, request: GetTeamRequest) -> Result<GetTeamResponse, Refusal> {
    let team = Some(world.team("GetTeam", &request.team_id)?.clone());
    Ok(GetTeamResponse { team, error: None })
}

fn get_by_name(
    world: &mut World,
    request: GetTeamByNameRequest,
) -> Result<GetTeamByNameResponse, Refusal> {
    let team = Some(world.team_by_name("GetTeamByName", &request.name)?.clone());
    Ok(GetTeamByNameResponse { team, error: None })
}

fn get_all(world: &mut World, _: GetTeamsRequest) -> Result<GetTeamsResponse, Refusal> {
    Ok(GetTeamsResponse { teams: world.teams.values().cloned().collect(), error: None })
}

fn get_for_user(
    world: &mut World,
    request: GetTeamsForUserRequest,
) -> Result<GetTeamsForUserResponse, Refusal> {
    let is_in = |team: &&Team| world.is_in_team(&team.id, &request.user_id);
    let teams = world.teams.values().filter(is_in).cloned().collect();
    Ok(GetTeamsForUserResponse { teams, error: None })
}

fn create(world: &mut World, request: CreateTeamRequest) -> Result<CreateTeamResponse, Refusal> {
    let mut team = request.team.unwrap_or_default();
    if world.teams.values().any(|known| known.name == team.name) {
        let id = "app.team.save.existing.app_error";
        return Err(invalid("CreateTeam", id, &format!("The team {} exists.", team.name)));
    }
    team.id = new_id("team");
    team.create_at = world.now();
    team.update_at = team.create_at;
    world.teams.insert(team.id.clone(), team.clone());
    Ok(CreateTeamResponse { team: Some(team), error: None })
}

fn update(world: &mut World, request: UpdateTeamRequest) -> Result<UpdateTeamResponse, Refusal> {
    let team = request.team.unwrap_or_default();
    world.team("UpdateTeam", &team.id)?;
    let team = Team { update_at: world.now(), ..team };
    world.teams.insert(team.id.clone(), team.clone());
    Ok(UpdateTeamResponse { team: Some(team), error: None })
}

fn delete(world: &mut World, request: DeleteTeamRequest) -> Result<DeleteTeamResponse, Refusal> {
    let now = world.now();
    let team = world.teams.get_mut(&request.team_id);
    team.ok_or_else(|| no_team("DeleteTeam", &request.team_id))?.delete_at = now;
    Ok(DeleteTeamResponse::default())
}

fn create_member(
    world: &mut World,
    request: CreateTeamMemberRequest,
) -> Result<CreateTeamMemberResponse, Refusal> {
    world.team("CreateTeamMember", &request.team_id)?;
    world.user("CreateTeamMember", &request.user_id)?;
    let member = world.join_team(&request.team_id, &request.user_id);
    Ok(CreateTeamMemberResponse { team_member: Some(member), error: None })
}

fn delete_member(
    world: &mut World,
    request: DeleteTeamMemberRequest,
) -> Result<DeleteTeamMemberResponse, Refusal> {
    world.team_member("DeleteTeamMember", &request.team_id, &request.user_id)?;
    world
        .team_members
        .retain(|member| member.team_id != request.team_id || member.user_id != request.user_id);
    Ok(DeleteTeamMemberResponse::default())
}

fn get_member(
    world: &mut World,
    request: GetTeamMemberRequest,
) -> Result<GetTeamMemberResponse, Refusal> {
    let member = world.team_member("GetTeamMember", &request.team_id, &request.user_id)?;
    Ok(GetTeamMemberResponse { team_member: Some(member.clone()), error: None })
}

fn get_members(
    world: &mut World,
    request: GetTeamMembersRequest,
) -> Result<GetTeamMembersResponse, Refusal> {
    let of_team = world.team_members.iter().filter(|member| member.team_id == request.team_id);
    let team_members = page(of_team.cloned(), request.page, request.per_page);
    Ok(GetTeamMembersResponse { team_members, error: None })
}

fn get_members_for_user(
    world: &mut World,
    request: GetTeamMembersForUserRequest,
) -> Result<GetTeamMembersForUserResponse, Refusal> {
    let of_user = world.team_members.iter().filter(|member| member.user_id == request.user_id);
    let team_members = page(of_user.cloned(), request.page, request.per_page);
    Ok(GetTeamMembersForUserResponse { team_members, error: None })
}

fn get_users(
    world: &mut World,
    request: GetUsersInTeamRequest,
) -> Result<GetUsersInTeamResponse, Refusal> {
    let users = world.users_by_name().into_iter();
    let users = users.filter(|user| world.is_in_team(&request.team_id, &user.id)).cloned();
    let users = page(users, request.page, request.per_page);
    Ok(GetUsersInTeamResponse { users, error: None })
}

fn get_stats(
    world: &mut World,
    request: GetTeamStatsRequest,
) -> Result<GetTeamStatsResponse, Refusal> {
    world.team("GetTeamStats", &request.team_id)?;
    let is_in = |user: &&hookwright::User| world.is_in_team(&request.team_id, &user.id);
    let (mut total_member_count, mut active_member_count) = (0, 0);
    for user in world.users.values().filter(is_in) {
        total_member_count += 1;
        active_member_count += i64::from(user.delete_at == 0);
    }
    let stats = TeamStats { team_id: request.team_id, total_member_count, active_member_count };
    Ok(GetTeamStatsResponse { team_stats: Some(stats), error: None })
}

impl World {
    /// The team with an id.
    pub(super) fn team(&self, place: &str, team_id: &str) -> Result<&Team, Refusal> {
        self.teams.get(team_id).ok_or_else(|| no_team(place, team_id))
    }

    pub(super) fn team_by_name(&self, place: &str, name: &str) -> Result<&Team, Refusal> {
        let team = self.teams.values().find(|team| team.name == name);
        let id = "app.team.get_by_name.missing.app_error";
        team.ok_or_else(|| not_found(place, id, &format!("team {name}")))
    }

    pub(super) fn is_in_team(&self, team_id: &str, user_id: &str) -> bool {
        self.team_member("", team_id, user_id).is_ok()
    }

    pub(super) fn team_member(
        &self,
        place: &str,
        team_id: &str,
        user_id: &str,
    ) -> Result<&TeamMember, Refusal> {
        let is_it = |member: &&TeamMember| member.team_id == team_id && member.user_id == user_id;
        let id = "app.team.get_member.missing.app_error";
        let none = || not_found(place, id, &format!("member {user_id} of the team {team_id}"));
        self.team_members.iter().find(is_it).ok_or_else(none)
    }

    /// Makes a user a member, unless they are one.
    pub(super) fn join_team(&mut self, team_id: &str, user_id: &str) -> TeamMember {
        if let Ok(member) = self.team_member("", team_id, user_id) {
            return member.clone();
        }
        let member = TeamMember { create_at: self.now(), ..team_member(team_id, user_id) };
        self.team_members.push(member.clone());
        member
    }
}
