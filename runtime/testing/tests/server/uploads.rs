//! Files that go up by a session.

use super::*;

/// A session as a server takes it.
fn session(user: &User, channel: &Channel, size: i64) -> UploadSession {
    UploadSession {
        id: new_id("upload"),
        r#type: "attachment".into(),
        user_id: user.id.clone(),
        channel_id: channel.id.clone(),
        filename: "notes.txt".into(),
        file_size: size,
        ..Default::default()
    }
}

fn create(session: UploadSession) -> CreateUploadSessionRequest {
    CreateUploadSessionRequest { upload_session: Some(session) }
}

#[tokio::test]
async fn a_session_has_all_that_a_server_wants_of_it() {
    let (server, ada, town) = town();
    let gone = server.add_channel(Channel { delete_at: 1, ..channel("gone") });
    let good = || session(&ada, &town, 10);
    let nowhere = new_id("nowhere");
    for (wrong, id) in [
        (
            UploadSession { id: String::new(), ..good() },
            "model.upload_session.is_valid.id.app_error",
        ),
        (
            UploadSession { r#type: String::new(), ..good() },
            "model.upload_session.is_valid.type.app_error",
        ),
        (
            UploadSession { user_id: String::new(), ..good() },
            "model.upload_session.is_valid.user_id.app_error",
        ),
        (
            UploadSession { channel_id: "town".into(), ..good() },
            "model.upload_session.is_valid.channel_id.app_error",
        ),
        (
            UploadSession { filename: String::new(), ..good() },
            "model.upload_session.is_valid.filename.app_error",
        ),
        (
            UploadSession { file_size: 0, ..good() },
            "model.upload_session.is_valid.file_size.app_error",
        ),
        (
            UploadSession { channel_id: nowhere, ..good() },
            "app.upload.create.incorrect_channel_id.app_error",
        ),
        (session(&ada, &gone, 10), "app.upload.create.cannot_upload_to_deleted_channel.app_error"),
    ] {
        let refused =
            refused::<CreateUploadSessionResponse>(&server, "CreateUploadSession", create(wrong));
        assert_eq!(refused.await, (400, id.to_owned()));
    }
    for right in [
        good(),
        UploadSession { user_id: "nouser".into(), ..good() },
        UploadSession { r#type: "import".into(), channel_id: String::new(), ..good() },
    ] {
        let made: CreateUploadSessionResponse =
            ask(&server, "CreateUploadSession", create(right.clone())).await;
        assert_eq!(made.upload_session.unwrap().id, right.id);
    }
}

#[tokio::test]
async fn a_file_goes_up_whole_or_not_at_all() {
    let (server, ada, town) = town();
    let request = create(session(&ada, &town, 10));
    let made: CreateUploadSessionResponse = ask(&server, "CreateUploadSession", request).await;
    let session = made.upload_session.unwrap();
    let part = |offset, data: &'static str| UploadDataRequest {
        upload_session: Some(UploadSession { file_offset: offset, ..session.clone() }),
        data: data.into(),
    };
    for (wrong, id) in [
        (part(0, "hello "), "app.upload.upload_data.first_part_too_small.app_error"),
        (part(6, "you!"), "app.upload.upload_data.concurrent.app_error"),
    ] {
        let refused = refused::<UploadDataResponse>(&server, "UploadData", wrong).await;
        assert_eq!(refused, (400, id.to_owned()));
    }
    let get = GetUploadSessionRequest { upload_id: session.id.clone() };
    let there: GetUploadSessionResponse = ask(&server, "GetUploadSession", get).await;
    assert_eq!(there.upload_session, Some(session.clone()), "nothing has come of it");

    let whole: UploadDataResponse =
        ask(&server, "UploadData", part(0, "hello you! And more.")).await;
    let info = whole.file_info.unwrap();
    assert_eq!((info.size, info.extension.as_str(), &info.creator_id), (10, "txt", &ada.id));
    let get = GetFileRequest { file_id: info.id };
    let file: GetFileResponse = ask(&server, "GetFile", get).await;
    assert_eq!(file.data, "hello you!");
    let again = refused::<UploadDataResponse>(&server, "UploadData", part(0, "hello you!")).await;
    assert_eq!(again, (404, "app.upload.get.app_error".to_owned()), "the session is over");
}

#[tokio::test]
async fn a_client_uploads_what_fits_into_one_part() {
    let (server, ada, town) = town();
    let session = UploadSession { id: String::new(), ..session(&ada, &town, 3 * 1024 * 1024) };
    let content = vec![7; 3 * 1024 * 1024];
    let info = server.client().upload(session, &content[..]).await.unwrap();
    assert_eq!(info.size, 3 * 1024 * 1024);
    server.assert_called(["CreateUploadSession", "UploadData"]);
}
