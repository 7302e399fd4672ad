//! Every hook of the plugin, as a server calls it.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use axum::http::{Request, Response};
use bytes::Bytes;
use files as _;
use hookwright::Upload;
use hookwright_testing::prelude::*;
use serde_json::{Value, json};

const PAGES: [&str; 3] = ["/files", "/files/recent", "/files/log.csv"];

async fn get(host: &TestHost, path: &str) -> Response<Bytes> {
    host.http(Request::get(path).body("").unwrap()).await
}

/// The same host on behalf of an administrator.
fn by_admin(host: &TestHost) -> TestHost {
    host.by(host.server().add_user(user("root").admin()))
}

#[tokio::test]
async fn an_ordinary_file_is_let_pass_and_a_program_refused_under_any_name() {
    let host = TestHost::start();
    host.file_will_be_uploaded(file("notes.txt"), "hello".into()).await.assert_allowed();
    let refused = host.file_will_be_uploaded(file("setup.EXE"), "".into()).await;
    refused.assert_rejected("\"setup.EXE\" was refused: files that end in .exe are not allowed.");
    let refused = host.file_will_be_uploaded(file("cat.png"), "#!/bin/sh\n".into()).await;
    refused.assert_rejected("\"cat.png\" was refused: its content is a script.");
}

#[tokio::test]
async fn metadata_is_taken_out_and_the_description_left_to_the_server() {
    let host = TestHost::start();
    let jpeg = |comment: &[u8]| {
        Bytes::from([b"\xFF\xD8", comment, b"\xFF\xDA\0\x02picture\xFF\xD9"].concat())
    };
    let photo = jpeg(b"\xFF\xFE\0\x04hi");
    let upload = host.file_will_be_uploaded(file("a.jpg").sized_as(&photo), photo).await.replaced();
    assert_eq!(upload, Upload { info: None, content: Some(jpeg(b"")) });
}

#[tokio::test]
async fn the_configuration_says_what_is_refused() {
    let host = TestHost::builder().config(json!({ "largest": 3 })).start();
    let refused = host.file_will_be_uploaded(file("a.txt"), "1234".into()).await;
    refused.assert_rejected("\"a.txt\" was refused: it has 4 bytes, and 3 are allowed.");
    host.configure(json!({ "refused_extensions": ["txt"] })).await.assert_ok();
    let refused = host.file_will_be_uploaded(file("a.txt"), "1234".into()).await;
    refused.assert_rejected("\"a.txt\" was refused: files that end in .txt are not allowed.");
}

#[tokio::test]
async fn the_pages_are_for_administrators_and_each_request_asks() {
    let host = TestHost::start();
    let server = host.server();
    let ada = host.by(server.add_user(user("ada")));
    let root = by_admin(&host);
    let stranger = host.by(user("eve"));
    for path in PAGES {
        assert_eq!(get(&host, path).await.status(), 401, "{path}: nobody");
        assert_eq!(get(&ada, path).await.status(), 403, "{path}: a user");
        assert_eq!(get(&stranger, path).await.status(), 403, "{path}: a stranger");
        assert_eq!(get(&root, path).await.status(), 200, "{path}: an administrator");
    }
    server.fail("GetUser", Fault::status(500, "app.user.get.app_error"));
    assert_eq!(get(&root, "/files").await.status(), 503, "the server does not say");
    assert_eq!(get(&root, "/elsewhere").await.status(), 404, "not the plugin's");
}

#[tokio::test]
async fn what_was_uploaded_is_on_the_pages() {
    let host = TestHost::start();
    let ada = user("ada");
    host.file_will_be_uploaded(file("notes.txt").by(&ada), "hello".into()).await.assert_allowed();
    host.file_will_be_uploaded(file("setup.exe"), "".into()).await.rejection();
    let root = by_admin(&host);

    let recent: Value = serde_json::from_slice(get(&root, "/files/recent").await.body()).unwrap();
    assert_eq!(recent[0]["name"], "notes.txt");
    assert_eq!((&recent[0]["size"], &recent[0]["user_id"]), (&json!(5), &json!(ada.id)));
    assert_eq!(
        (&recent[0]["verdict"], &recent[1]["verdict"]),
        (&json!("allowed"), &json!("refused"))
    );
    let log = get(&root, "/files/log.csv").await;
    let log = std::str::from_utf8(log.body()).unwrap();
    assert!(log.lines().count() == 3 && log.contains("notes.txt"), "{log}");
    host.assert_ran(["check_upload", "check_upload", "show_uploads", "show_uploads"]);
}

#[tokio::test(start_paused = true)]
async fn the_events_end_within_a_minute_and_have_what_there_is() {
    let host = TestHost::start();
    host.file_will_be_uploaded(file("notes.txt"), "hello".into()).await.assert_allowed();
    let root = by_admin(&host).within(Duration::from_secs(60));
    let events = get(&root, "/files/events").await;
    let events = std::str::from_utf8(events.body()).unwrap();
    assert!(events.contains("event: upload") && events.contains("notes.txt"), "{events}");
}
