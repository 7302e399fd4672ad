//! Uploads in parts.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use hookwright::api::{LARGEST_REQUEST, UploadError};
use hookwright::proto::{
    CreateUploadSessionRequest, CreateUploadSessionResponse, FileInfo, GetUploadSessionResponse,
    UploadDataRequest, UploadDataResponse, UploadSession,
};
use hookwright::{ApiError, AppError};
use prost::Message;

use crate::script::{Script, lost};

/// What happens to a part.
#[derive(Clone, Copy)]
enum Part {
    Arrives,
    /// Nothing of it is stored, and no reply comes.
    Vanishes,
    /// So much of it is stored, and no reply comes.
    IsCut(usize),
    Refused,
}

/// A server that puts files together, and what it does with each part in turn; then all arrive.
fn server(parts: Vec<Part>) -> (Arc<Script>, Arc<Mutex<Vec<u8>>>) {
    let stored = Arc::new(Mutex::new(Vec::new()));
    let file = Arc::clone(&stored);
    let mut session = UploadSession::default();
    let mut parts = parts.into_iter();
    let script = Script::new(move |method, request| {
        let mut file = file.lock().unwrap();
        let reply = match method {
            "CreateUploadSession" => {
                let request = CreateUploadSessionRequest::decode(request).unwrap();
                session = request.upload_session.unwrap();
                let upload_session = Some(session.clone());
                CreateUploadSessionResponse { error: None, upload_session }.encode_to_vec()
            }
            "GetUploadSession" => {
                let file_offset = i64::try_from(file.len()).unwrap();
                let upload_session = Some(UploadSession { file_offset, ..session.clone() });
                GetUploadSessionResponse { error: None, upload_session }.encode_to_vec()
            }
            _ => {
                assert!(request.len() <= LARGEST_REQUEST, "{} bytes", request.len());
                let request = UploadDataRequest::decode(request).unwrap();
                let asked = request.upload_session.unwrap();
                assert_eq!(usize::try_from(asked.file_offset), Ok(file.len()));
                assert_eq!(asked.id, session.id);
                match parts.next().unwrap_or(Part::Arrives) {
                    Part::Arrives => file.extend(&request.data),
                    Part::Vanishes => return Err(lost(method)),
                    Part::IsCut(length) => {
                        file.extend(&request.data[..length]);
                        return Err(lost(method));
                    }
                    Part::Refused => {
                        let error = AppError::shown(400, "The first part is too small.");
                        return Err(ApiError::App { method, error: Box::new(error) });
                    }
                }
                let whole = usize::try_from(session.file_size) == Ok(file.len());
                let size = session.file_size;
                let file_info = whole.then(|| FileInfo { size, ..FileInfo::default() });
                UploadDataResponse { error: None, file_info }.encode_to_vec()
            }
        };
        Ok(reply.into())
    });
    (script, stored)
}

fn a_file(size: usize) -> Bytes {
    (0..size).map(|number| (number % 251) as u8).collect()
}

fn a_session(size: usize) -> UploadSession {
    let file_size = i64::try_from(size).unwrap();
    UploadSession { filename: "plan.pdf".to_owned(), file_size, ..UploadSession::default() }
}

#[tokio::test]
async fn a_file_of_any_size_arrives_whole() {
    for size in [0, 1, LARGEST_REQUEST, 9 * 1024 * 1024] {
        let (script, stored) = server(Vec::new());
        let file = a_file(size);

        let info = script.client(None).upload(a_session(size), &*file).await.unwrap();

        assert_eq!(usize::try_from(info.size), Ok(size));
        assert!(*stored.lock().unwrap() == file, "{size} bytes");
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_lost_is_sent_again_from_where_the_server_is() {
    let size = 9 * 1024 * 1024;
    let parts = [Part::Arrives, Part::Vanishes, Part::IsCut(1000), Part::IsCut(7), Part::Arrives];
    let (script, stored) = server(parts.to_vec());
    let file = a_file(size);

    let info = script.client(None).upload(a_session(size), &*file).await.unwrap();

    assert_eq!(usize::try_from(info.size), Ok(size));
    assert!(*stored.lock().unwrap() == file);
}

#[tokio::test(start_paused = true)]
async fn a_part_that_keeps_being_lost_ends_the_upload_and_says_where() {
    let size = 5 * 1024 * 1024;
    let (script, stored) = server([&[Part::Arrives][..], &[Part::Vanishes; 9]].concat());

    let error = script.client(None).upload(a_session(size), &*a_file(size)).await.unwrap_err();

    let UploadError::Api { offset, error } = error else { panic!("{error:?}") };
    assert_eq!(usize::try_from(offset), Ok(stored.lock().unwrap().len()));
    assert!(offset > 0);
    assert_eq!(error, lost("UploadData"));
}

#[tokio::test]
async fn a_part_that_the_server_refuses_is_not_sent_again() {
    let (script, _) = server(vec![Part::Refused]);

    let error = script.client(None).upload(a_session(10), &*a_file(10)).await.unwrap_err();

    let UploadError::Api { offset: 0, error } = error else { panic!("{error:?}") };
    assert!(error.is_bad_request(), "{error:?}");
    assert_eq!(script.calls(), ["CreateUploadSession", "UploadData"]);
}

#[tokio::test]
async fn a_source_that_is_shorter_than_the_session_says_is_told() {
    let (script, _) = server(Vec::new());

    let error = script.client(None).upload(a_session(10), &*a_file(9)).await.unwrap_err();

    assert!(matches!(error, UploadError::TooShort { read: 9, expected: 10 }), "{error:?}");
    assert_eq!(script.calls(), ["CreateUploadSession"]);
}

#[tokio::test]
async fn a_session_gets_an_id_and_a_type_unless_it_has_them() {
    let (script, _) = server(Vec::new());
    let session = script.client(None).create_upload_session(a_session(3)).await.unwrap();
    assert_eq!((session.id.as_str(), session.r#type.as_str()), ("", ""));

    script.client(None).upload(a_session(3), &*a_file(3)).await.unwrap();
    let session = script.client(None).get_upload_session("").await.unwrap();
    assert_eq!((session.id.len(), session.r#type.as_str()), (26, "attachment"));
}
