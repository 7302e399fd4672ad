//! Errors as a server words them.

use bytes::Bytes;
use hookwright::proto::{AppError, KvDeleteResponse};
use prost::Message as _;

use crate::is_valid_id;

/// Why a method is refused.
pub(super) type Refusal = Box<AppError>;

/// Any method's reply with nothing but an error: it is in the same field of all of them.
pub(super) fn reply(error: AppError) -> Bytes {
    KvDeleteResponse { error: Some(error) }.encode_to_vec().into()
}

/// An error by the function where it comes up, its HTTP status and its id.
pub(super) fn error(place: &str, status_code: i32, id: &str, message: &str) -> Refusal {
    Box::new(AppError {
        id: id.to_owned(),
        message: message.to_owned(),
        status_code,
        r#where: place.to_owned(),
        ..AppError::default()
    })
}

/// There is no such thing.
pub(super) fn not_found(place: &str, id: &str, what: &str) -> Refusal {
    error(place, 404, id, &format!("There is no {what}."))
}

/// No user has this id.
pub(super) fn no_user(place: &str, user_id: &str) -> Refusal {
    let message = format!("user {user_id}");
    not_found(place, "app.user.missing_account.const", &message)
}

/// No channel has this id.
pub(super) fn no_channel(place: &str, channel_id: &str) -> Refusal {
    let message = format!("channel {channel_id}");
    not_found(place, "app.channel.get.existing.app_error", &message)
}

/// No team has this id.
pub(super) fn no_team(place: &str, team_id: &str) -> Refusal {
    not_found(place, "app.team.get.find.app_error", &format!("team {team_id}"))
}

/// What is asked for is not well formed.
pub(super) fn invalid(place: &str, id: &str, message: &str) -> Refusal {
    error(place, 400, id, message)
}

/// Refuses what is not an id.
pub(super) fn invalid_id(place: &str, id: &str, of: &str, value: &str) -> Result<(), Refusal> {
    match is_valid_id(value) {
        true => Ok(()),
        false => Err(invalid(place, id, &format!("\"{value}\" is not the id of a {of}."))),
    }
}
