//! Uploads, whole and in parts.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use hookwright::api::{LARGEST_REQUEST, LARGEST_UPLOAD, UploadError};
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

/// What a server wants at least as the first of several parts.
const FIRST_PART: usize = 5 * 1024 * 1024;

/// A server that puts files together, and what it does with each part in turn; then all arrive.
fn server(parts: Vec<Part>) -> (Arc<Script>, Arc<Mutex<Vec<u8>>>) {
    server_with(UploadSession::default(), parts)
}

/// A server that has a part of a file already, as its session says.
fn server_with(mut session: UploadSession, parts: Vec<Part>) -> (Arc<Script>, Arc<Mutex<Vec<u8>>>) {
    let there = a_file(usize::try_from(session.file_offset).unwrap());
    let stored = Arc::new(Mutex::new(there.to_vec()));
    let file = Arc::clone(&stored);
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
                let size = usize::try_from(asked.file_size).unwrap();
                let first_is_too_small =
                    file.is_empty() && size.min(FIRST_PART) > request.data.len();
                assert!(!first_is_too_small, "{} of {size} bytes", request.data.len());
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

/// A session that has come as far as a server wants the first part to go.
fn a_begun_session(size: usize) -> UploadSession {
    let file_offset = i64::try_from(FIRST_PART).unwrap();
    UploadSession { id: "upload".to_owned(), file_offset, ..a_session(size) }
}

#[tokio::test]
async fn a_file_that_fits_into_one_part_arrives_whole() {
    for size in [1, LARGEST_UPLOAD] {
        let (script, stored) = server(Vec::new());
        let file = a_file(size);

        let info = script.client(None).upload(a_session(size), &*file).await.unwrap();

        assert_eq!(usize::try_from(info.size), Ok(size));
        assert!(*stored.lock().unwrap() == file, "{size} bytes");
        assert_eq!(script.calls(), ["CreateUploadSession", "UploadData"]);
    }
}

#[tokio::test]
async fn a_larger_file_is_refused_before_the_server_is_asked() {
    for size in [LARGEST_UPLOAD + 1, 6 * 1024 * 1024] {
        let (script, _) = server(Vec::new());
        let api = script.client(None);

        let error = api.upload(a_session(size), &*a_file(size)).await.unwrap_err();

        let text = error.to_string();
        let UploadError::TooLarge { size: told, limit: LARGEST_UPLOAD } = error else {
            panic!("{error:?}");
        };
        assert_eq!(usize::try_from(told), Ok(size));
        for told in [&size.to_string(), "4128768", "first of several parts", "/api/v4/uploads"] {
            assert!(text.contains(told), "{text}");
        }
        // Nor when the session is there, as long as nothing of the file is.
        let error = api.resume_upload(a_session(size), &*a_file(size)).await.unwrap_err();
        assert!(matches!(error, UploadError::TooLarge { .. }), "{error:?}");
        assert_eq!(script.calls(), [""; 0]);
    }
}

#[tokio::test]
async fn a_file_without_a_size_is_refused_before_the_server_is_asked() {
    for file_size in [0, -1] {
        let (script, _) = server(Vec::new());
        let session = UploadSession { file_size, ..a_session(0) };

        let error = script.client(None).upload(session, &[][..]).await.unwrap_err();

        assert!(matches!(error, UploadError::NoSize { size } if size == file_size), "{error:?}");
        assert!(error.to_string().contains("`file_size`"), "{error}");
        assert_eq!(script.calls(), [""; 0]);
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_lost_is_sent_again_from_where_the_server_is() {
    let size = 14 * 1024 * 1024;
    let parts = [Part::Arrives, Part::Vanishes, Part::IsCut(1000), Part::IsCut(7), Part::Arrives];
    let session = a_begun_session(size);
    let (script, stored) = server_with(session.clone(), parts.to_vec());
    let file = a_file(size);

    let info = script.client(None).resume_upload(session, &file[FIRST_PART..]).await.unwrap();

    assert_eq!(usize::try_from(info.size), Ok(size));
    assert!(*stored.lock().unwrap() == file);
}

#[tokio::test(start_paused = true)]
async fn a_part_that_keeps_being_lost_ends_the_upload_and_says_where() {
    let size = 10 * 1024 * 1024;
    let session = a_begun_session(size);
    let parts = [&[Part::Arrives][..], &[Part::Vanishes; 9]].concat();
    let (script, stored) = server_with(session.clone(), parts);
    let file = a_file(size);

    let error = script.client(None).resume_upload(session, &file[FIRST_PART..]).await.unwrap_err();

    let UploadError::Api { offset, error: cause } = &error else { panic!("{error:?}") };
    assert_eq!(usize::try_from(*offset), Ok(stored.lock().unwrap().len()));
    assert!(*offset > i64::try_from(FIRST_PART).unwrap(), "{offset}");
    assert_eq!(*cause, lost("UploadData"));
}

#[tokio::test]
async fn a_failed_upload_says_once_what_was_wrong() {
    let (script, _) = server(vec![Part::Refused]);

    let error = script.client(None).upload(a_session(10), &*a_file(10)).await.unwrap_err();

    let told = "the upload ended at byte 0: UploadData: The first part is too small. (status 400)";
    assert_eq!(format!("{:#}", anyhow::Error::new(error)), told);
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
