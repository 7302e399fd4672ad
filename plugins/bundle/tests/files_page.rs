//! The web side of the plugin `files`, as a host asks for it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests may fail like tests")]

mod web;

use hookwright_proto::go_plugin::Empty;
use hookwright_proto::go_plugin::grpc_controller_client::GrpcControllerClient;
use hookwright_proto::mattermost::{AppError, GetUserResponse, User};
use hookwright_tests::server::{Answer, Server};
use hookwright_tests::{PATIENCE, Plugin, hosted};
use serde_json::Value;
use web::{field, get, get_signed_out, upload};

const PROGRAM: &str = env!("CARGO_BIN_EXE_hookwright");
const PATHS: [&str; 4] = ["/files", "/files/recent", "/files/events", "/files/log.csv"];

#[tokio::test]
async fn who_is_not_signed_in_sees_nothing() {
    let plugin = Plugin::hosted(PROGRAM).await;
    upload(&plugin, "secret.txt", "").await;
    for path in PATHS {
        for headers in [&[][..], &[("Mattermost-User-Id", "")]] {
            let response = get_signed_out(&plugin, path, headers).await;
            assert_eq!(response.status, 401, "{path}");
            assert_eq!(response.body().await, "Sign in to see the uploads.", "{path}");
        }
    }
}

/// What a server answers that is asked for a user.
fn user(roles: Option<&str>) -> Answer {
    let user = roles.map(|roles| User { roles: roles.into(), ..User::default() });
    let nobody = || AppError { status_code: 404, ..AppError::default() };
    let error = user.is_none().then(nobody);
    Answer::reply(&GetUserResponse { user, error })
}

#[tokio::test]
async fn only_system_administrators_see_something_and_each_request_asks() {
    let server = Server::start([("GetUser", user(Some("system_user system_admin")))]).await;
    let mut command = hosted(PROGRAM);
    command.env("MATTERMOST_PLUGIN_API_TARGET", &server.address);
    let plugin = Plugin::start(command).await;
    for path in PATHS {
        assert_eq!(get(&plugin, path, &[]).await.status, 200, "{path}");
    }
    let unreachable = Answer::Status(tonic::Status::unavailable("secret words"));
    for (answer, status, text) in [
        (user(Some("system_user")), 403, "Only system administrators may see the uploads."),
        (user(Some("system_admins")), 403, "Only system administrators may see the uploads."),
        (user(None), 403, "The server does not know who you are."),
        (unreachable, 503, "The server did not say whether you are an administrator. Try again."),
    ] {
        server.answer("GetUser", answer);
        for path in PATHS {
            let response = get(&plugin, path, &[]).await;
            assert_eq!(response.status, status, "{path}: {text}");
            assert_eq!(response.body().await, text, "{path}");
        }
    }
}

#[tokio::test]
async fn an_upload_is_seen_while_the_stream_of_events_is_open() {
    let plugin = Plugin::hosted(PROGRAM).await;
    upload(&plugin, "before.txt", "").await;
    let mut events = get(&plugin, "/files/events", &[]).await;
    assert_eq!((events.status, events.header("content-type")), (200, "text/event-stream"));
    assert_eq!(events.header("x-accel-buffering"), "no");
    assert_eq!(events.event().await, "retry: 1000");
    let before: Value = serde_json::from_str(field(&events.event().await, "data")).unwrap();
    assert_eq!(before["name"], "before.txt");

    for name in ["one.exe", "two.txt"] {
        upload(&plugin, name, "").await;
        let event = events.event().await;
        assert!(events.flushed, "it does not wait for the next one");
        assert_eq!(field(&event, "event"), "upload");
        let upload: Value = serde_json::from_str(field(&event, "data")).unwrap();
        assert_eq!(upload["name"], name);
    }
}

#[tokio::test]
async fn a_browser_that_comes_again_gets_what_it_has_not_seen() {
    let plugin = Plugin::hosted(PROGRAM).await;
    for name in ["one.txt", "two.txt"] {
        upload(&plugin, name, "").await;
    }
    let mut events = get(&plugin, "/files/events", &[]).await;
    events.event().await;
    let one = events.event().await;
    drop(events);
    upload(&plugin, "three.txt", "").await;

    let last = [("Last-Event-ID", field(&one, "id"))];
    let mut events = get(&plugin, "/files/events", &last).await;
    events.event().await;
    for name in ["two.txt", "three.txt"] {
        let upload: Value = serde_json::from_str(field(&events.event().await, "data")).unwrap();
        assert_eq!(upload["name"], name);
    }
    // An id of a process that is no more says nothing about this one.
    let mut events = get(&plugin, "/files/events", &[("Last-Event-ID", "1700000000000-2")]).await;
    events.event().await;
    assert!(events.event().await.contains("one.txt"));
}

#[tokio::test]
async fn an_open_stream_of_events_does_not_hold_up_the_end() {
    let plugin = Plugin::hosted(PROGRAM).await;
    let mut events = get(&plugin, "/files/events", &[]).await;
    events.event().await;
    let mut controller = GrpcControllerClient::new(plugin.connect().await);
    let stopping = tokio::spawn(async move {
        // Whether a reply comes before the connection closes does not matter here.
        let _ = controller.shutdown(Empty {}).await;
    });
    let rest = tokio::time::timeout(PATIENCE, events.body()).await;
    assert_eq!(rest.expect("the stream ends"), "");
    stopping.await.unwrap();
    let ended = plugin.ended().await;
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    assert!(!ended.stderr.contains("@level\":\"warn"), "{}", ended.stderr);
}

#[tokio::test]
async fn the_page_is_one_document_that_runs_nothing_but_its_own_script() {
    let plugin = Plugin::hosted(PROGRAM).await;
    for path in ["/files", "/files/"] {
        let page = get(&plugin, path, &[]).await;
        assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
        assert!(page.header("content-security-policy").starts_with("default-src 'none'; script"));
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("cache-control"), "no-store");
        assert!(page.body().await.starts_with("<!doctype html>"));
    }
    assert_eq!(get(&plugin, "/files/other", &[]).await.status, 404);
    assert_eq!(get(&plugin, "/filesystem", &[]).await.status, 404);
}

#[tokio::test]
async fn the_last_uploads_are_there_as_json_and_no_more_than_are_remembered() {
    let plugin = Plugin::hosted(PROGRAM).await;
    for number in 1..=201 {
        upload(&plugin, &format!("{number}.txt"), "hello").await;
    }
    let recent = get(&plugin, "/files/recent", &[]).await;
    assert_eq!((recent.status, recent.header("content-type")), (200, "application/json"));
    let recent: Vec<Value> = serde_json::from_str(&recent.body().await).unwrap();
    assert_eq!(recent.len(), 200);
    let mut last = recent.last().cloned().unwrap();
    let time = last["time"].take();
    assert!(time.as_str().is_some_and(|time| time.len() == 24 && time.ends_with('Z')), "{time}");
    let expected = serde_json::json!({
        "number": 201, "time": null, "name": "201.txt", "kind": "unknown", "size": 5,
        "sha256": "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
        "verdict": "allowed", "why": "", "user_id": "user1",
    });
    assert_eq!(last, expected);
}

#[tokio::test]
async fn a_part_of_the_log_may_be_asked_for() {
    let plugin = Plugin::hosted(PROGRAM).await;
    upload(&plugin, "=cmd|calc.txt", "").await;
    let whole = get(&plugin, "/files/log.csv", &[]).await;
    assert_eq!((whole.status, whole.header("content-type")), (200, "text/csv; charset=utf-8"));
    assert_eq!(whole.header("content-disposition"), "attachment; filename=\"uploads.csv\"");
    assert_eq!(whole.header("accept-ranges"), "bytes");
    let tag = whole.header("etag").to_owned();
    let text = whole.body().await;
    assert!(text.starts_with("number,time,name,") && text.contains(",'=cmd|calc.txt,"), "{text}");

    let length = text.len();
    for (range, (start, end)) in
        [("bytes=0-9", (0, 10)), ("bytes=10-", (10, length)), ("bytes=-5", (length - 5, length))]
    {
        for headers in [&[("Range", range)][..], &[("Range", range), ("If-Range", &tag)]] {
            let part = get(&plugin, "/files/log.csv", headers).await;
            assert_eq!(part.status, 206, "{range}");
            let place = format!("bytes {start}-{}/{length}", end - 1);
            assert_eq!((part.header("content-range"), part.header("etag")), (&*place, &*tag));
            assert_eq!(part.body().await, text[start..end], "{range}");
        }
    }
    let beyond = get(&plugin, "/files/log.csv", &[("Range", "bytes=100000-")]).await;
    let place = format!("bytes */{length}");
    assert_eq!((beyond.status, beyond.header("content-range")), (416, &*place));

    upload(&plugin, "more.txt", "").await;
    let changed = [("Range", "bytes=0-9"), ("If-Range", &*tag)];
    let changed = get(&plugin, "/files/log.csv", &changed).await;
    assert_eq!(changed.status, 200, "a part of another log does not fit");
    assert!(changed.body().await.len() > length);
}
