//! Uploads by a session.

use hookwright::proto::{
    CreateUploadSessionRequest, CreateUploadSessionResponse, GetUploadSessionRequest,
    GetUploadSessionResponse, UploadDataRequest, UploadDataResponse, UploadSession,
};

use super::methods::topic;
use super::refuse::{Refusal, invalid, not_found};
use super::world::World;
use crate::build::{BuildFile as _, file};
use crate::is_valid_id;

/// The kinds of upload.
const ATTACHMENT: &str = "attachment";
const IMPORT: &str = "import";

/// Who uploads where nobody has logged in.
const NO_USER: &str = "nouser";

/// What a server takes as the first of several parts. It is more than a request holds.
const SMALLEST_FIRST_PART: usize = 5 * 1024 * 1024;

topic! {
    CreateUploadSession: create,
    GetUploadSession: get,
    UploadData: upload,
}

fn create(
    world: &mut World,
    request: CreateUploadSessionRequest,
) -> Result<CreateUploadSessionResponse, Refusal> {
    let session = request.upload_session.unwrap_or_default();
    let session = UploadSession { create_at: world.now(), file_offset: 0, ..session };
    check(&session)?;
    if session.r#type == ATTACHMENT {
        let channel = world.channels.get(&session.channel_id);
        let wrong = match channel.map(|channel| channel.delete_at) {
            None => "incorrect_channel_id",
            Some(1..) => "cannot_upload_to_deleted_channel",
            Some(_) => "",
        };
        if !wrong.is_empty() {
            let id = format!("app.upload.create.{wrong}.app_error");
            return Err(invalid(
                "CreateUploadSession",
                &id,
                "There is no such channel, or no more.",
            ));
        }
    }
    world.uploads.insert(session.id.clone(), session.clone());
    Ok(CreateUploadSessionResponse { upload_session: Some(session), error: None })
}

/// What a server wants of a session, in its order. It makes up nothing that is missing.
fn check(session: &UploadSession) -> Result<(), Refusal> {
    let is_attachment = session.r#type == ATTACHMENT;
    for (fits, field) in [
        (is_valid_id(&session.id), "id"),
        (is_attachment || session.r#type == IMPORT, "type"),
        (is_valid_id(&session.user_id) || session.user_id == NO_USER, "user_id"),
        (!is_attachment || is_valid_id(&session.channel_id), "channel_id"),
        (!session.filename.is_empty(), "filename"),
        (session.file_size > 0, "file_size"),
    ] {
        if !fits {
            let id = format!("model.upload_session.is_valid.{field}.app_error");
            let text = format!("This is no {field} of an upload.");
            return Err(invalid("UploadSession.IsValid", &id, &text));
        }
    }
    Ok(())
}

fn get(
    world: &mut World,
    request: GetUploadSessionRequest,
) -> Result<GetUploadSessionResponse, Refusal> {
    let session = world.upload(&request.upload_id)?.clone();
    Ok(GetUploadSessionResponse { upload_session: Some(session), error: None })
}

/// A server wants so much of a file at first that nothing less than the whole of one fits into a
/// request: there are no further parts.
fn upload(world: &mut World, request: UploadDataRequest) -> Result<UploadDataResponse, Refusal> {
    let given = request.upload_session.unwrap_or_default();
    let session = world.upload(&given.id)?.clone();
    if given.file_offset != session.file_offset {
        let id = "app.upload.upload_data.concurrent.app_error";
        let text = format!("{} bytes are there, not {}.", session.file_offset, given.file_offset);
        return Err(invalid("UploadData", id, &text));
    }
    // It reads no more than there is to be.
    let size = usize::try_from(session.file_size).unwrap_or(usize::MAX);
    let data = request.data.slice(..request.data.len().min(size));
    if data.len() < size && data.len() < SMALLEST_FIRST_PART {
        let id = "app.upload.upload_data.first_part_too_small.app_error";
        let text = format!("The first of several parts has {SMALLEST_FIRST_PART} bytes at least.");
        return Err(invalid("UploadData", id, &text));
    }
    world.uploads.remove(&given.id);
    let UploadSession { filename, channel_id, user_id, .. } = session;
    let info = file(&filename).in_channel(channel_id).by(user_id).sized_as(&data);
    let info = world.store_file(info, data);
    Ok(UploadDataResponse { file_info: Some(info), error: None })
}

impl World {
    fn upload(&self, id: &str) -> Result<&UploadSession, Refusal> {
        let missing =
            || not_found("GetUpload", "app.upload.get.app_error", &format!("upload {id}"));
        self.uploads.get(id).ok_or_else(missing)
    }
}
