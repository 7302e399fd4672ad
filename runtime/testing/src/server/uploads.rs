//! Uploads in pieces.

use hookwright::proto::{
    CreateUploadSessionRequest, CreateUploadSessionResponse, GetUploadSessionRequest,
    GetUploadSessionResponse, UploadDataRequest, UploadDataResponse, UploadSession,
};

use super::methods::topic;
use super::refuse::{Refusal, invalid, not_found};
use super::world::World;
use crate::build::{BuildFile as _, file};
use crate::new_id;

topic! {
    CreateUploadSession: create,
    GetUploadSession: get,
    UploadData: upload,
}

fn create(
    world: &mut World,
    request: CreateUploadSessionRequest,
) -> Result<CreateUploadSessionResponse, Refusal> {
    let mut session = request.upload_session.unwrap_or_default();
    if session.filename.is_empty() {
        let id = "model.upload_session.is_valid.filename.app_error";
        return Err(invalid("UploadSession.IsValid", id, "An upload has a file name."));
    }
    if session.file_size <= 0 {
        let id = "model.upload_session.is_valid.file_size.app_error";
        return Err(invalid("UploadSession.IsValid", id, "An upload has a size above zero."));
    }
    world.channel("CreateUploadSession", &session.channel_id)?;
    session.id = new_id("upload");
    session.create_at = world.now();
    session.file_offset = 0;
    world.uploads.insert(session.id.clone(), (session.clone(), Vec::new()));
    Ok(CreateUploadSessionResponse { upload_session: Some(session), error: None })
}

fn get(
    world: &mut World,
    request: GetUploadSessionRequest,
) -> Result<GetUploadSessionResponse, Refusal> {
    let session = world.uploads.get(&request.upload_id).map(|(session, _)| session.clone());
    match session {
        None => Err(no_upload("GetUploadSession", &request.upload_id)),
        upload_session => Ok(GetUploadSessionResponse { upload_session, error: None }),
    }
}

/// The file is there once its last byte is; until then the reply has none.
fn upload(world: &mut World, request: UploadDataRequest) -> Result<UploadDataResponse, Refusal> {
    let given = request.upload_session.unwrap_or_default();
    let Some((session, data)) = world.uploads.get_mut(&given.id) else {
        return Err(no_upload("UploadData", &given.id));
    };
    if given.file_offset != session.file_offset {
        let id = "app.upload.upload_data.concurrent.app_error";
        let text = format!("{} bytes are there, not {}.", session.file_offset, given.file_offset);
        return Err(invalid("UploadData", id, &text));
    }
    let length = i64::try_from(request.data.len()).unwrap_or(i64::MAX);
    let left = session.file_size - session.file_offset;
    // A server reads no more than there is to be.
    let taken = length.min(left);
    data.extend_from_slice(&request.data[..usize::try_from(taken).unwrap_or(0)]);
    session.file_offset += taken;
    if session.file_offset < session.file_size {
        return Ok(UploadDataResponse::default());
    }
    let Some((UploadSession { filename, channel_id, user_id, .. }, data)) =
        world.uploads.remove(&given.id)
    else {
        return Err(no_upload("UploadData", &given.id));
    };
    let info = file(&filename).in_channel(channel_id).by(user_id).sized_as(&data);
    let info = world.store_file(info, data.into());
    Ok(UploadDataResponse { file_info: Some(info), error: None })
}

fn no_upload(place: &str, id: &str) -> Refusal {
    not_found(place, "app.upload.get.app_error", &format!("upload {id}"))
}
