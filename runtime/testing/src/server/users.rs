//! Users, and how they are.

use hookwright::User;
use hookwright::proto::{
    CreateUserRequest, CreateUserResponse, DeleteUserRequest, DeleteUserResponse,
    GetUserByEmailRequest, GetUserByEmailResponse, GetUserByUsernameRequest,
    GetUserByUsernameResponse, GetUserRequest, GetUserResponse, GetUserStatusRequest,
    GetUserStatusResponse, GetUserStatusesByIdsRequest, GetUserStatusesByIdsResponse,
    GetUsersByIdsRequest, GetUsersByIdsResponse, GetUsersByUsernamesRequest,
    GetUsersByUsernamesResponse, GetUsersRequest, GetUsersResponse, SearchUsersRequest,
    SearchUsersResponse, Status, UpdateUserActiveRequest, UpdateUserActiveResponse,
    UpdateUserRequest, UpdateUserResponse, UpdateUserRolesRequest, UpdateUserRolesResponse,
    UpdateUserStatusRequest, UpdateUserStatusResponse,
};

use super::methods::topic;
use super::refuse::{Refusal, invalid, no_user, not_found};
use super::world::{World, page};
use crate::new_id;

topic! {
    CreateUser: create,
    DeleteUser: delete,
    GetUser: get,
    GetUserByEmail: get_by_email,
    GetUserByUsername: get_by_username,
    GetUserStatus: get_status,
    GetUserStatusesByIds: get_statuses,
    GetUsers: get_users,
    GetUsersByIds: get_by_ids,
    GetUsersByUsernames: get_by_usernames,
    SearchUsers: search,
    UpdateUser: update,
    UpdateUserActive: update_active,
    UpdateUserRoles: update_roles,
    UpdateUserStatus: update_status,
}

fn get(world: &mut World, request: GetUserRequest) -> Result<GetUserResponse, Refusal> {
    let user = Some(world.user("GetUser", &request.user_id)?.clone());
    Ok(GetUserResponse { user, error: None })
}

fn get_by_email(
    world: &mut World,
    request: GetUserByEmailRequest,
) -> Result<GetUserByEmailResponse, Refusal> {
    let user = world.users.values().find(|user| user.email == request.email).cloned();
    match user {
        None => Err(no_user("GetUserByEmail", &request.email)),
        user => Ok(GetUserByEmailResponse { user, error: None }),
    }
}

fn get_by_username(
    world: &mut World,
    request: GetUserByUsernameRequest,
) -> Result<GetUserByUsernameResponse, Refusal> {
    match world.user_by_name(&request.name).cloned() {
        None => {
            let id = "app.user.get_by_username.app_error";
            Err(not_found("GetUserByUsername", id, &format!("user @{}", request.name)))
        }
        user => Ok(GetUserByUsernameResponse { user, error: None }),
    }
}

fn get_by_ids(
    world: &mut World,
    request: GetUsersByIdsRequest,
) -> Result<GetUsersByIdsResponse, Refusal> {
    let users = request.user_ids.iter().filter_map(|id| world.users.get(id).cloned()).collect();
    Ok(GetUsersByIdsResponse { users, error: None })
}

fn get_by_usernames(
    world: &mut World,
    request: GetUsersByUsernamesRequest,
) -> Result<GetUsersByUsernamesResponse, Refusal> {
    let names = request.usernames.iter();
    let users = names.filter_map(|name| world.user_by_name(name).cloned()).collect();
    Ok(GetUsersByUsernamesResponse { users, error: None })
}

/// By team, channel, activity and role; other filters are not looked at.
fn get_users(world: &mut World, request: GetUsersRequest) -> Result<GetUsersResponse, Refusal> {
    let fits = |user: &&User| {
        let active = user.delete_at == 0;
        (request.in_team_id.is_empty() || world.is_in_team(&request.in_team_id, &user.id))
            && (request.in_channel_id.is_empty()
                || world.is_in_channel(&request.in_channel_id, &user.id))
            && (!request.active || active)
            && (!request.inactive || !active)
            && (request.role.is_empty() || has_role(user, &request.role))
    };
    let users = world.users_by_name().into_iter().filter(fits).cloned();
    let users = page(users, request.page, request.per_page);
    Ok(GetUsersResponse { users, error: None })
}

/// By the beginning of a name.
fn search(world: &mut World, request: SearchUsersRequest) -> Result<SearchUsersResponse, Refusal> {
    let term = request.term.to_lowercase();
    let begins = |text: &str| text.to_lowercase().starts_with(&term);
    let fits = |user: &&User| {
        [&user.username, &user.first_name, &user.last_name, &user.nickname]
            .into_iter()
            .any(|name| begins(name))
            && (request.allow_inactive || user.delete_at == 0)
            && (request.team_id.is_empty() || world.is_in_team(&request.team_id, &user.id))
            && (request.in_channel_id.is_empty()
                || world.is_in_channel(&request.in_channel_id, &user.id))
    };
    let limit = if request.limit > 0 { request.limit } else { 100 };
    let users = page(world.users_by_name().into_iter().filter(fits).cloned(), 0, limit);
    Ok(SearchUsersResponse { users, error: None })
}

fn create(world: &mut World, request: CreateUserRequest) -> Result<CreateUserResponse, Refusal> {
    let mut user = request.user.unwrap_or_default();
    if user.username.is_empty() {
        let id = "model.user.is_valid.username.app_error";
        return Err(invalid("User.IsValid", id, "A user has a name."));
    }
    if world.user_by_name(&user.username).is_some() {
        let id = "app.user.save.username_exists.app_error";
        return Err(invalid("CreateUser", id, &format!("@{} exists.", user.username)));
    }
    if world.users.values().any(|known| known.email == user.email) {
        let id = "app.user.save.email_exists.app_error";
        return Err(invalid("CreateUser", id, &format!("{} is somebody's.", user.email)));
    }
    user.id = new_id("user");
    user.create_at = world.now();
    user.update_at = user.create_at;
    user.password.clear();
    if user.roles.is_empty() {
        user.roles = "system_user".to_owned();
    }
    world.users.insert(user.id.clone(), user.clone());
    Ok(CreateUserResponse { user: Some(user), error: None })
}

fn update(world: &mut World, request: UpdateUserRequest) -> Result<UpdateUserResponse, Refusal> {
    let user = request.user.unwrap_or_default();
    let known = world.user("UpdateUser", &user.id)?;
    let user = User { create_at: known.create_at, update_at: world.now(), ..user };
    world.users.insert(user.id.clone(), user.clone());
    Ok(UpdateUserResponse { user: Some(user), error: None })
}

fn delete(world: &mut World, request: DeleteUserRequest) -> Result<DeleteUserResponse, Refusal> {
    world.set_active("DeleteUser", &request.user_id, false)?;
    Ok(DeleteUserResponse::default())
}

fn update_active(
    world: &mut World,
    request: UpdateUserActiveRequest,
) -> Result<UpdateUserActiveResponse, Refusal> {
    world.set_active("UpdateUserActive", &request.user_id, request.active)?;
    Ok(UpdateUserActiveResponse::default())
}

fn update_roles(
    world: &mut World,
    request: UpdateUserRolesRequest,
) -> Result<UpdateUserRolesResponse, Refusal> {
    let roles = request.new_roles;
    let mut user = world.user("UpdateUserRoles", &request.user_id)?.clone();
    user.roles = roles;
    world.users.insert(user.id.clone(), user.clone());
    Ok(UpdateUserRolesResponse { user: Some(user), error: None })
}

fn get_status(
    world: &mut World,
    request: GetUserStatusRequest,
) -> Result<GetUserStatusResponse, Refusal> {
    world.user("GetUserStatus", &request.user_id)?;
    Ok(GetUserStatusResponse { status: Some(world.status(&request.user_id)), error: None })
}

fn get_statuses(
    world: &mut World,
    request: GetUserStatusesByIdsRequest,
) -> Result<GetUserStatusesByIdsResponse, Refusal> {
    let statuses = request.user_ids.iter().map(|id| world.status(id)).collect();
    Ok(GetUserStatusesByIdsResponse { statuses, error: None })
}

fn update_status(
    world: &mut World,
    request: UpdateUserStatusRequest,
) -> Result<UpdateUserStatusResponse, Refusal> {
    world.user("UpdateUserStatus", &request.user_id)?;
    if !["online", "away", "dnd", "offline"].contains(&request.status.as_str()) {
        let id = "plugin.api.update_user_status.bad_status";
        return Err(invalid("UpdateUserStatus", id, "Unable to set the user status."));
    }
    let (user_id, last_activity_at) = (request.user_id.clone(), world.now());
    let status =
        Status { user_id, status: request.status, manual: true, last_activity_at, dnd_end_time: 0 };
    world.statuses.insert(request.user_id, status.clone());
    Ok(UpdateUserStatusResponse { status: Some(status), error: None })
}

pub(super) fn has_role(user: &User, role: &str) -> bool {
    user.roles.split_whitespace().any(|has| has == role)
}

impl World {
    /// The user with an id.
    pub(super) fn user(&self, place: &str, user_id: &str) -> Result<&User, Refusal> {
        self.users.get(user_id).ok_or_else(|| no_user(place, user_id))
    }

    pub(super) fn user_by_name(&self, name: &str) -> Option<&User> {
        self.users.values().find(|user| user.username == name)
    }

    /// As lists have them.
    pub(super) fn users_by_name(&self) -> Vec<&User> {
        let mut users: Vec<_> = self.users.values().collect();
        users.sort_by_key(|user| &user.username);
        users
    }

    fn set_active(&mut self, place: &str, user_id: &str, active: bool) -> Result<(), Refusal> {
        let now = self.now();
        let user = self.users.get_mut(user_id).ok_or_else(|| no_user(place, user_id))?;
        user.delete_at = if active { 0 } else { now };
        user.update_at = now;
        Ok(())
    }

    fn status(&self, user_id: &str) -> Status {
        let offline = || Status {
            user_id: user_id.to_owned(),
            status: "offline".to_owned(),
            ..Status::default()
        };
        self.statuses.get(user_id).cloned().unwrap_or_else(offline)
    }
}
