//! Uploads through the plugin `files`, as a host sends them.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests may fail like tests")]

mod program;
mod web;

use hookwright_proto::mattermost::{
    FileWillBeUploadedResponse, OnConfigurationChangeRequest, OnConfigurationChangeResponse,
};
use hookwright_tests::server::{Answer, Server};
use hookwright_tests::{Plugin, hosted, run};
use program::hookwright;
use tempfile::TempDir;
use web::upload;

const PROGRAM: &str = env!("CARGO_BIN_EXE_hookwright");
const UNCHANGED: FileWillBeUploadedResponse = FileWillBeUploadedResponse {
    modified_file_info: None,
    modified_content: bytes::Bytes::new(),
    rejection_reason: String::new(),
};

/// A JPEG that says where it was taken, or does not.
fn jpeg(place: bool) -> Vec<u8> {
    let exif: &[u8] = if place { b"\xFF\xE1\0\x1AExif\0\0MM\0\x2A52.5 N 13.4 E\0" } else { b"" };
    let colours = b"\xFF\xE2\0\x14ICC_PROFILE\0\x01\x01icc!";
    [b"\xFF\xD8", exif, colours, b"\xFF\xDA\0\x02the picture\xFF\xD9"].concat()
}

/// A plugin process whose plugin `files` is configured so.
async fn configured(settings: &str) -> (Plugin, TempDir) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("hookwright.toml");
    std::fs::write(&file, format!("[plugins.\"com.hookwright.files\"]\n{settings}\n")).unwrap();
    let mut command = hosted(PROGRAM);
    command.env("HOOKWRIGHT_CONFIG", file);
    (Plugin::start(command).await, folder)
}

#[tokio::test]
async fn an_ordinary_file_passes_unchanged() {
    let plugin = Plugin::hosted(PROGRAM).await;
    for (name, content) in
        [("notes.txt", &b"hello"[..]), ("empty.txt", b""), ("a.jpg", &jpeg(false))]
    {
        assert_eq!(upload(&plugin, name, content.to_vec()).await, UNCHANGED, "{name}");
    }
}

#[tokio::test]
async fn a_program_is_refused_by_its_name_and_by_its_content() {
    let mut plugin = Plugin::hosted(PROGRAM).await;
    for (name, content, reason) in [
        ("setup.EXE", "", "\"setup.EXE\" was refused: files that end in .exe are not allowed."),
        (
            "invoice.pdf.exe",
            "",
            "\"invoice.pdf.exe\" was refused: it looks like a .pdf file and is a .exe file.",
        ),
        (
            "holiday\u{202E}gpj.scr",
            "",
            "\"holidaygpj.scr\" was refused: files that end in .scr are not allowed.",
        ),
        ("cat.png", "#!/bin/sh\nrm -rf ~\n", "\"cat.png\" was refused: its content is a script."),
        ("cat.png", "MZ\u{0}\u{3}", "\"cat.png\" was refused: its content is a Windows program."),
    ] {
        let expected =
            FileWillBeUploadedResponse { rejection_reason: reason.to_owned(), ..UNCHANGED };
        assert_eq!(upload(&plugin, name, content).await, expected);
    }
    let name = r#""name":"holidaygpj.scr""#;
    plugin.logged(&[r#""@message":"a file was checked""#, name, r#""verdict":"refused""#]).await;
}

#[tokio::test]
async fn metadata_is_taken_out_of_the_content_and_the_record_left_to_the_server() {
    let plugin = Plugin::hosted(PROGRAM).await;
    for name in ["a.jpg", ".img.jpg"] {
        let expected =
            FileWillBeUploadedResponse { modified_content: jpeg(false).into(), ..UNCHANGED };
        assert_eq!(upload(&plugin, name, jpeg(true)).await, expected, "{name}");
    }
}

#[tokio::test]
async fn an_odd_name_is_refused_and_no_record_sent_back() {
    let plugin = Plugin::hosted(PROGRAM).await;
    for (name, reason) in [
        (
            " ..a\u{0}b.txt",
            "\"ab.txt\" was refused: its name has a control character in it, such as a line break.",
        ),
        ("a/b.jpg", "\"ab.jpg\" was refused: its name has a slash or a backslash in it."),
        (
            "a\u{202E}b.txt",
            "\"ab.txt\" was refused: its name has a character in it that turns the direction of writing.",
        ),
        (". .", "\"file\" was refused: its name is empty, or nothing but dots and spaces."),
    ] {
        let expected =
            FileWillBeUploadedResponse { rejection_reason: reason.to_owned(), ..UNCHANGED };
        assert_eq!(upload(&plugin, name, jpeg(true)).await, expected);
    }
}

#[tokio::test]
async fn an_administrator_whose_server_can_store_new_names_lets_odd_ones_be_cleaned() {
    let (plugin, _folder) = configured("odd_names = \"clean\"").await;
    let name = upload(&plugin, " ..a\u{0}/\u{202E}b.txt", "hello").await;
    assert_eq!((name.modified_content.len(), name.rejection_reason.as_str()), (0, ""));
    let record = name.modified_file_info.expect("a new record");
    assert_eq!((record.name.as_str(), record.extension.as_str()), ("ab.txt", "txt"));
    assert_eq!((record.size, record.creator_id.as_str()), (5, "user1"), "the rest stays");

    // A server does not store a file of which both the record and the content are new.
    let both = upload(&plugin, "a\n.jpg", jpeg(true)).await;
    assert_ne!(both.rejection_reason, "");
    assert_eq!(FileWillBeUploadedResponse { rejection_reason: String::new(), ..both }, UNCHANGED);
}

#[tokio::test]
async fn an_administrator_says_what_is_refused_and_cleaned() {
    let settings = "refused_extensions = [\".Txt\"]\nrefuse_executables = false\n\
                    strip_metadata = false\nlargest = 100";
    let (plugin, _folder) = configured(settings).await;
    for (name, content) in [("setup.exe", b"MZ".to_vec()), ("a.jpg", jpeg(true))] {
        assert_eq!(upload(&plugin, name, content).await, UNCHANGED, "{name}");
    }
    for (name, length, reason) in [
        ("notes.TXT", 1, "\"notes.TXT\" was refused: files that end in .txt are not allowed."),
        ("notes.md", 101, "\"notes.md\" was refused: it has 101 bytes, and 100 are allowed."),
    ] {
        let refused = upload(&plugin, name, vec![b'x'; length]).await;
        assert_eq!(refused.rejection_reason, reason);
    }
}

#[tokio::test]
async fn a_setting_that_does_not_exist_is_refused_by_its_name() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("hookwright.toml");
    std::fs::write(&file, "[plugins.\"com.hookwright.files\"]\nlarges = 1\n").unwrap();
    let mut command = hookwright(&["list"]);
    command.env("HOOKWRIGHT_CONFIG", file);
    let ended = run(command).await;
    assert_eq!(ended.code(), Some(2), "{}", ended.stderr);
    for named in ["com.hookwright.files", "the plugin has no field larges"] {
        assert!(ended.stderr.contains(named), "{named}: {}", ended.stderr);
    }
}

#[tokio::test]
async fn a_configuration_for_other_plugins_alone_is_none_of_this_ones() {
    let others = r#"{ "com.hookwright.content-filter": { "rejected_words": ["idiot"] } }"#;
    let server = Server::start([("LoadPluginConfiguration", Answer::configuration(others))]).await;
    let mut command = hosted(PROGRAM);
    command.env("MATTERMOST_PLUGIN_API_TARGET", &server.address);
    let plugin = Plugin::start(command).await;
    let mut hooks = plugin.hooks().await;
    let change = hooks.on_configuration_change(OnConfigurationChangeRequest::default()).await;
    assert_eq!(change.unwrap().into_inner(), OnConfigurationChangeResponse { error: None });

    let own = r#"{ "com.hookwright.files": { "refused_extensions": ["txt"] } }"#;
    server.answer("LoadPluginConfiguration", Answer::configuration(own));
    hooks.on_configuration_change(OnConfigurationChangeRequest::default()).await.unwrap();
    assert_ne!(upload(&plugin, "a.txt", "").await.rejection_reason, "");
}

#[tokio::test]
async fn what_cannot_be_checked_in_time_is_not_let_through() {
    let mut command = hosted(PROGRAM);
    command.env("MATTERMOST_PLUGIN_HOOK_TIMEOUT", "0.001");
    let plugin = Plugin::start(command).await;
    let reply = upload(&plugin, "large.bin", vec![0; 32 * 1024 * 1024]).await;
    assert_ne!(reply.rejection_reason, "");
    assert_eq!(FileWillBeUploadedResponse { rejection_reason: String::new(), ..reply }, UNCHANGED);
}
