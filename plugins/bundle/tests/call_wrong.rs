//! `hookwright call`: what cannot be sent, and what is not answered.

mod program;

use hookwright_tests::{Output, run};
use program::hookwright;
use tempfile::TempDir;
use tokio::net::TcpSocket;

async fn call(arguments: &[&str]) -> Output {
    let ended = run(hookwright(&[&["call"], arguments].concat())).await;
    assert_eq!(ended.stdout, "", "{arguments:?}");
    ended
}

/// That this is wrong usage, for a reason that has all of these texts, and that no child was asked.
async fn assert_refused(arguments: &[&str], texts: &[&str]) {
    let ended = call(arguments).await;
    assert_eq!(ended.code(), Some(2), "{arguments:?}: {}", ended.stderr);
    assert!(!ended.stderr.contains("@message"), "no process was started: {}", ended.stderr);
    for text in texts {
        assert!(ended.stderr.contains(text), "{arguments:?}: no {text:?} in {}", ended.stderr);
    }
}

#[tokio::test]
async fn what_is_not_a_unary_hook_is_refused_by_name() {
    assert_refused(&["Foo"], &["`Foo`"]).await;
    assert_refused(&["on_saml_login"], &["did you mean `OnSAMLLogin`?"]).await;
    assert_refused(&["messagewillbeposted"], &["did you mean `MessageWillBePosted`?"]).await;
    assert_refused(&["client.added"], &["client.added is an event, not a hook"]).await;
    let unknown = ["ServeHTTP", "--json", r#"{ "path": "/" }"#];
    assert_refused(&unknown, &["field `path`", "expected one of `method`"]).await;
    let wrong = ["ServeHTTP", "--json", r#"{ "headers": { "A": 1 } }"#];
    assert_refused(&wrong, &["field `headers.A`"]).await;
    assert_refused(&[""], &["not the name of a hook"]).await;
}

#[tokio::test]
async fn json_that_does_not_fit_is_refused_with_the_field_and_the_place() {
    for (json, texts) in [
        (r#"{ "post": { "message": 3 } }"#, ["`post.message`", "expected a string"]),
        (r#"{ "post": [] }"#, ["`post`", "expected a map"]),
        (r#"{ "post": { "fileIds": ["a", 2] } }"#, ["`post.fileIds[1]`", "expected a string"]),
        (r#"{ "post": { "createAt": "soon" } }"#, ["`post.createAt`", "line 1 column"]),
        (r#"{ "post": { "nope": 1 } }"#, ["`post`", "'nope'"]),
        (r#"{ "nope": 1 }"#, ["MessageWillBePostedRequest", "'nope'"]),
    ] {
        assert_refused(&["MessageWillBePosted", "--json", json], &texts).await;
    }
}

#[tokio::test]
async fn a_text_that_is_not_json_is_refused_with_the_line_and_column() {
    for (json, place) in [
        ("{", "line 1 column 1"),
        ("{ \"post\": {", "line 1 column 11"),
        ("{ \"post\":\n { \"message\": } }", "line 2 column 15"),
        ("{ \"post\": {} } x", "line 1 column 16"),
        ("{}{}", "line 1 column 3"),
    ] {
        assert_refused(&["MessageWillBePosted", "--json", json], &["--json", place]).await;
        let ended = call(&["MessageWillBePosted", "--json", json]).await;
        assert!(!ended.stderr.contains('?'), "no field without a name: {}", ended.stderr);
    }
}

#[tokio::test]
async fn a_file_that_is_missing_empty_a_folder_or_not_text_is_refused() {
    let folder = TempDir::new().unwrap();
    let file = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    };
    let missing = folder.path().join("missing.json").display().to_string();
    assert_refused(&["OnActivate", "--json", &missing], &[&missing, "No such file"]).await;
    let folder_name = folder.path().display().to_string();
    assert_refused(&["OnActivate", "--json", &folder_name], &[&folder_name]).await;
    let empty = file("empty.json", b"");
    assert_refused(&["OnActivate", "--json", &empty], &["OnActivateRequest", "EOF"]).await;
    let binary = file("binary.json", b"\xFF\xFE{}");
    assert_refused(&["OnActivate", "--json", &binary], &[&binary, "UTF-8"]).await;
    let list = file("list.json", b"[]");
    assert_refused(&["OnActivate", "--json", &list], &["OnActivateRequest", "line 1"]).await;
    // stdin of a test is empty.
    assert_refused(&["OnActivate", "--json", "-"], &["OnActivateRequest", "EOF"]).await;
}

#[tokio::test]
async fn a_target_or_a_time_that_cannot_be_read_is_refused() {
    for target in ["", "foo", "localhost", "unix:relative", "http://a/b", "127.0.0.1:99999"] {
        assert_refused(&["OnActivate", "--target", target], &["--target"]).await;
    }
    for time in ["", "5", "soon", "-1s"] {
        assert_refused(&["OnActivate", &format!("--timeout={time}")], &["--timeout"]).await;
    }
}

#[tokio::test]
async fn a_target_that_nobody_listens_at_is_named_and_ends_with_3() {
    // Bound, so that nobody else gets the port, and not listening.
    let bound = TcpSocket::new_v4().unwrap();
    bound.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let port = bound.local_addr().unwrap().to_string();
    let folder = TempDir::new().unwrap();
    let socket = format!("unix:{}/nobody", folder.path().display());
    for (target, reason) in [(port, "Connection refused"), (socket, "No such file")] {
        let ended = call(&["OnActivate", "--target", &target]).await;
        assert_eq!(ended.code(), Some(3), "{}", ended.stderr);
        assert!(ended.stderr.contains(&target), "{target}: {}", ended.stderr);
        assert_eq!(ended.stderr.matches(reason).count(), 1, "said once: {}", ended.stderr);
    }
}

#[tokio::test]
async fn a_child_that_does_not_start_gives_its_own_reason_and_ends_with_3() {
    for (name, value, reason) in [
        ("HOOKWRIGHT_CONFIG", "/missing.toml", "/missing.toml: cannot be read"),
        ("HOOKWRIGHT_SYNC_HANDLERS", "none", "HOOKWRIGHT_SYNC_HANDLERS"),
        ("MATTERMOST_PLUGIN_HOOK_TIMEOUT", "abc", "MATTERMOST_PLUGIN_HOOK_TIMEOUT"),
    ] {
        let mut command = hookwright(&["call", "OnActivate"]);
        command.env(name, value);
        let ended = run(command).await;
        assert_eq!((ended.code(), ended.stdout.as_str()), (Some(3), ""), "{}", ended.stderr);
        let of_the_child = |line: &&str| line.starts_with('{') && line.contains(reason);
        let said = ended.stderr.lines().find(of_the_child);
        assert!(said.is_some_and(|line| line.contains(value)), "{reason}: {}", ended.stderr);
        assert!(ended.stderr.contains("starting the plugin process"), "{}", ended.stderr);
    }
}

#[tokio::test]
async fn a_status_is_one_line_with_its_code_and_text_and_ends_with_1() {
    let request = r#"{ "user": { "id": "u1" } }"#;
    // A child that no server has told where its API is.
    let ended = call(&["UserHasBeenCreated", "--json", request]).await;
    assert_eq!(ended.code(), Some(1), "{}", ended.stderr);
    let status = ended.stderr.lines().filter(|line| !line.starts_with('{'));
    let status: Vec<_> = status.collect();
    assert!(matches!(status[..], [line] if line.starts_with("UNAVAILABLE: ")), "{}", ended.stderr);
}
