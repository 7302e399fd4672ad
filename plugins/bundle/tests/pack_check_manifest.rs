//! `hookwright pack --check`: the manifest.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests may fail like tests"
)]

mod archive;
mod program;

use archive::{Archive, manifest, program, refused};
use serde_json::{Value, json};

/// The reasons against a bundle whose manifest has these members as well.
async fn with(members: Value) -> Vec<String> {
    let mut manifest = manifest();
    let members = members.as_object().expect("members").clone();
    manifest.as_object_mut().expect("members").extend(members);
    refused(&Archive::of(&manifest).gzip()).await
}

#[tokio::test]
async fn a_member_that_a_server_refuses_is_named_with_its_value() {
    for (members, said) in [
        (json!({ "id": "ab" }), r#"`id` is "ab"; expected 3 to 190 characters"#),
        (json!({ "id": "com.example/one" }), r#"`id` is "com.example/one"; expected"#),
        (json!({ "id": "x".repeat(191) }), "`id` is"),
        (json!({ "id": null }), r#"`id` is ""; expected"#),
        (json!({ "id": 5 }), "`id` is not what it has to be: invalid type: integer `5`"),
        (json!({ "name": "  " }), "`name` is empty"),
        (json!({ "version": "1.0" }), r#"`version` is "1.0"; expected a semantic version"#),
        (json!({ "version": "v1.0.0" }), r#"`version` is "v1.0.0"; expected"#),
        (json!({ "version": null }), "`version` is missing"),
        (json!({ "min_server_version": "9" }), r#"`min_server_version` is "9"; expected"#),
        (json!({ "homepage_url": "ftp://x" }), r#"`homepage_url` is "ftp://x"; expected a URL"#),
        (json!({ "support_url": "https://" }), r#"`support_url` is "https://"; expected"#),
        (json!({ "server": null }), "`server` is missing, and so is `webapp`"),
        (json!({ "server": "server/plugin" }), "`server` is not what it has to be"),
        (json!({ "webapp": {} }), r#"`webapp.bundle_path` is "";"#),
        (json!({ "webapp": { "bundle_path": "./main.js" } }), r#"is "./main.js"; expected"#),
        (json!({ "webapp": { "bundle_path": "main.js" } }), "names `main.js`, which is not in"),
        (json!({ "icon_path": "assets/x.svg" }), "`icon_path` names `assets/x.svg`, which is not"),
    ] {
        let reasons = with(members.clone()).await;
        let is_it =
            |reason: &String| reason.starts_with("`one/plugin.json`: ") && reason.contains(said);
        assert!(reasons.len() == 1 && is_it(&reasons[0]), "{members}: {reasons:?}");
    }
}

#[tokio::test]
async fn a_manifest_that_is_not_json_is_refused() {
    for text in ["", "id: com.example.one", "{", "[]", "{} {}", "\u{feff}{}"] {
        let bundle = Archive::new().file("one/plugin.json", 0o644, text.as_bytes()).file(
            "one/server/plugin",
            0o755,
            &program(),
        );
        let reasons = refused(&bundle.gzip()).await;
        assert!(reasons[0].starts_with("`one/plugin.json`: "), "{text}: {reasons:?}");
    }
}

#[tokio::test]
async fn a_setting_that_a_server_refuses_is_named() {
    let option = json!([{ "display_name": "One", "value": "" }]);
    for (setting, said) in [
        (json!({ "key": "k", "type": "list" }), r#"has the type "list"; expected one of bool,"#),
        (json!({ "key": "k" }), r#"has the type """#),
        (json!({ "type": "bool" }), "has no `key`"),
        (json!({ "key": "k", "type": "bool", "placeholder": "x" }), "has a `placeholder`"),
        (json!({ "key": "k", "type": "text", "options": [] }), "has `options`, which are for"),
        (json!({ "key": "k", "type": "radio", "options": option }), "has an option without"),
        (
            json!({ "key": "k", "type": "text", "regenerate_help_text": "x" }),
            "`regenerate_help_text`",
        ),
    ] {
        for schema in [json!({ "settings": [setting] }), in_section(&setting)] {
            let reasons = with(json!({ "settings_schema": schema })).await;
            assert!(reasons.len() == 1 && reasons[0].contains(said), "{setting}: {reasons:?}");
        }
    }
    let (one, other) =
        (json!({ "key": "limit", "type": "text" }), json!({ "key": "Limit", "type": "text" }));
    let reasons = with(json!({ "settings_schema": { "settings": [one, other] } })).await;
    assert!(reasons[0].contains("the setting `Limit` is there twice"), "{reasons:?}");
    let nameless = json!({ "settings_schema": { "sections": [{ "settings": [] }] } });
    assert!(with(nameless).await[0].contains("a section of the settings has no `key`"));
    let null = json!({ "settings_schema": { "settings": [null] } });
    assert!(with(null).await[0].contains("`settings_schema.settings[0]` is not what it has to be"));
}

fn in_section(setting: &Value) -> Value {
    json!({ "sections": [{ "key": "all", "settings": [setting] }] })
}

#[tokio::test]
async fn all_that_is_wrong_is_said_at_once() {
    let reasons =
        with(json!({ "id": "x", "name": "", "version": "1", "server": { "executable": "no" } }))
            .await;
    assert_eq!(reasons.len(), 4, "{reasons:?}");
}
