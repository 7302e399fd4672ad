//! Files that were uploaded.

use bytes::Bytes;
use hookwright::FileInfo;
use hookwright::proto::{
    GetFileInfoRequest, GetFileInfoResponse, GetFileRequest, GetFileResponse, UploadFileRequest,
    UploadFileResponse,
};

use super::methods::topic;
use super::refuse::{Refusal, invalid, not_found};
use super::world::World;
use crate::build::{BuildFile as _, file};

topic! {
    GetFile: get,
    GetFileInfo: get_info,
    UploadFile: upload,
}

fn get(world: &mut World, request: GetFileRequest) -> Result<GetFileResponse, Refusal> {
    let (_, data) = world.file("GetFile", &request.file_id)?;
    Ok(GetFileResponse { data: data.clone(), error: None })
}

fn get_info(
    world: &mut World,
    request: GetFileInfoRequest,
) -> Result<GetFileInfoResponse, Refusal> {
    let (info, _) = world.file("GetFileInfo", &request.file_id)?;
    Ok(GetFileInfoResponse { file_info: Some(info.clone()), error: None })
}

fn upload(world: &mut World, request: UploadFileRequest) -> Result<UploadFileResponse, Refusal> {
    let UploadFileRequest { data, channel_id, filename, .. } = request;
    if !channel_id.is_empty() && !world.channels.contains_key(&channel_id) {
        let id = "api.file.upload_file.incorrect_channelId.app_error";
        return Err(invalid("UploadFile", id, "There is no such channel."));
    }
    let info = file(&filename).in_channel(channel_id).by("").sized_as(&data);
    let info = world.store_file(info, data);
    Ok(UploadFileResponse { file_info: Some(info), error: None })
}

impl World {
    fn file(&self, place: &str, file_id: &str) -> Result<&(FileInfo, Bytes), Refusal> {
        let id = "app.file_info.get.app_error";
        self.files.get(file_id).ok_or_else(|| not_found(place, id, &format!("file {file_id}")))
    }

    pub(super) fn store_file(&mut self, info: FileInfo, data: Bytes) -> FileInfo {
        let now = self.now();
        let info = FileInfo { create_at: now, update_at: now, ..info };
        self.files.insert(info.id.clone(), (info.clone(), data));
        info
    }
}
