//! Who may do what.

use hookwright::proto::{
    HasPermissionToChannelRequest, HasPermissionToChannelResponse, HasPermissionToRequest,
    HasPermissionToResponse, HasPermissionToTeamRequest, HasPermissionToTeamResponse,
};

use super::methods::topic;
use super::refuse::Refusal;
use super::users::has_role;
use super::world::World;

topic! {
    HasPermissionTo: system,
    HasPermissionToChannel: channel,
    HasPermissionToTeam: team,
}

fn system(
    world: &mut World,
    request: HasPermissionToRequest,
) -> Result<HasPermissionToResponse, Refusal> {
    let has_permission = world.may(&request.user_id, &request.permission_id, &[]);
    Ok(HasPermissionToResponse { has_permission, error: None })
}

fn team(
    world: &mut World,
    request: HasPermissionToTeamRequest,
) -> Result<HasPermissionToTeamResponse, Refusal> {
    let places = [request.team_id.as_str()];
    let has_permission = world.may(&request.user_id, &request.permission_id, &places);
    Ok(HasPermissionToTeamResponse { has_permission, error: None })
}

fn channel(
    world: &mut World,
    request: HasPermissionToChannelRequest,
) -> Result<HasPermissionToChannelResponse, Refusal> {
    let team = world.channels.get(&request.channel_id).map_or("", |channel| &channel.team_id);
    let places = [request.channel_id.as_str(), team];
    let has_permission = world.may(&request.user_id, &request.permission_id, &places);
    Ok(HasPermissionToChannelResponse { has_permission, error: None })
}

impl World {
    /// A system administrator may do anything; who else is allowed, in one of these places or
    /// everywhere, is what the test has said.
    fn may(&self, user_id: &str, permission: &str, places: &[&str]) -> bool {
        let Some(user) = self.users.get(user_id) else { return false };
        let allowed = |place: &str| {
            let key = (user_id.to_owned(), permission.to_owned(), place.to_owned());
            self.permissions.contains(&key)
        };
        has_role(user, "system_admin") || allowed("") || places.iter().any(|place| allowed(place))
    }
}
