//! What users prefer.

use hookwright::Preference;
use hookwright::proto::{
    DeletePreferencesForUserRequest, DeletePreferencesForUserResponse, GetPreferenceForUserRequest,
    GetPreferenceForUserResponse, GetPreferencesForUserRequest, GetPreferencesForUserResponse,
    UpdatePreferencesForUserRequest, UpdatePreferencesForUserResponse,
};

use super::methods::topic;
use super::refuse::{Refusal, error, invalid};
use super::world::World;

topic! {
    DeletePreferencesForUser: delete,
    GetPreferenceForUser: get,
    GetPreferencesForUser: get_all,
    UpdatePreferencesForUser: update,
}

fn get(
    world: &mut World,
    request: GetPreferenceForUserRequest,
) -> Result<GetPreferenceForUserResponse, Refusal> {
    let GetPreferenceForUserRequest { user_id, category, name, .. } = request;
    let is_it = |known: &&Preference| {
        known.user_id == user_id && known.category == category && known.name == name
    };
    match world.preferences.iter().find(is_it).cloned() {
        None => {
            let text = format!("There is no preference {category}/{name} of {user_id}.");
            Err(invalid(
                "GetPreferenceByCategoryAndNameForUser",
                "app.preference.get.app_error",
                &text,
            ))
        }
        preference => Ok(GetPreferenceForUserResponse { preference, error: None }),
    }
}

fn get_all(
    world: &mut World,
    request: GetPreferencesForUserRequest,
) -> Result<GetPreferencesForUserResponse, Refusal> {
    let of_user = world.preferences.iter().filter(|known| known.user_id == request.user_id);
    Ok(GetPreferencesForUserResponse { preferences: of_user.cloned().collect(), error: None })
}

fn update(
    world: &mut World,
    request: UpdatePreferencesForUserRequest,
) -> Result<UpdatePreferencesForUserResponse, Refusal> {
    let id = "api.preference.update_preferences.set.app_error";
    own("UpdatePreferences", id, &request.user_id, &request.preferences)?;
    for preference in request.preferences {
        world.preferences.retain(|known| !is_same(known, &preference));
        world.preferences.push(preference);
    }
    Ok(UpdatePreferencesForUserResponse::default())
}

fn delete(
    world: &mut World,
    request: DeletePreferencesForUserRequest,
) -> Result<DeletePreferencesForUserResponse, Refusal> {
    let id = "api.preference.delete_preferences.delete.app_error";
    own("DeletePreferences", id, &request.user_id, &request.preferences)?;
    for preference in &request.preferences {
        world.preferences.retain(|known| !is_same(known, preference));
    }
    Ok(DeletePreferencesForUserResponse::default())
}

/// Refuses preferences of somebody else.
fn own(place: &str, id: &str, user_id: &str, given: &[Preference]) -> Result<(), Refusal> {
    match given.iter().all(|preference| preference.user_id == user_id) {
        true => Ok(()),
        false => Err(error(place, 403, id, "Not all of them are that user's preferences.")),
    }
}

fn is_same(one: &Preference, other: &Preference) -> bool {
    let key = |it: &Preference| (it.user_id.clone(), it.category.clone(), it.name.clone());
    key(one) == key(other)
}
