//! `hookwright call`: what goes in, what comes out.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

mod program;

use std::path::PathBuf;

use hookwright::{HookName, Rpc};
use hookwright_proto::mattermost::{
    Bot, Channel, CreatePostResponse, GetBotResponse, GetChannelResponse, GetDirectChannelResponse,
    GetUserResponse, KvDeleteResponse, KvGetResponse, KvSetWithOptionsResponse, PatchBotResponse,
    Post, SetProfileImageResponse, User,
};
use hookwright_tests::server::{Answer, Server};
use hookwright_tests::{Output, Plugin, run};
use program::hookwright;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A folder with the configuration of a filter that refuses, masks and drops.
struct Filter {
    folder: TempDir,
}

impl Filter {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let lists = "[plugins.\"com.hookwright.content-filter\"]\n\
                     rejected_words = [\"idiot\"]\n\
                     masked_words = [\"crap\"]\n\
                     dismissed_phrases = [\"free gift card\"]\n";
        std::fs::write(folder.path().join("hookwright.toml"), lists).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Calls a hook of a child that is configured so.
    async fn call(&self, hook: &str, json: &str) -> Output {
        let mut command = hookwright(&["call", hook, "--json", json]);
        command.env("HOOKWRIGHT_CONFIG", self.path("hookwright.toml"));
        run(command).await
    }
}

/// The one document on stdout.
fn document(ended: &Output) -> Value {
    serde_json::from_str(&ended.stdout)
        .unwrap_or_else(|fault| panic!("{fault}: {:?}\n{}", ended.stdout, ended.stderr))
}

#[tokio::test]
async fn all_forty_nine_unary_hooks_of_a_running_process_can_be_called() {
    let server = server_of_the_welcome_plugin().await;
    let mut serve = hookwright(&["serve", "--standalone"]);
    serve.env("MATTERMOST_PLUGIN_API_TARGET", &server.address);
    let plugin = Plugin::start(serve).await;
    let unary = |hook: &HookName| matches!(hook.info().rpc, Rpc::Unary { .. });
    let mut called = 0;
    for hook in HookName::all().filter(unary) {
        let target = ["--json", "{}", "--target", plugin.address()];
        let ended = run(hookwright(&[&["call", hook.as_str()][..], &target].concat())).await;
        let reply = document(&ended);
        let refused = reply.get("error").or(reply.get("rejectionReason")).is_some();
        assert_eq!(ended.code(), Some(if refused { 10 } else { 0 }), "{hook}: {reply}");
        assert!(reply.is_object() && ended.stdout.ends_with("}\n"), "{hook}: {:?}", ended.stdout);
        let note = match hook.is_netrpc_only() {
            true => format!("note: only hosts that speak net/rpc send {hook}\n"),
            false => String::new(),
        };
        assert_eq!(ended.stderr, note, "{hook}");
        called += 1;
    }
    assert_eq!(called, 49);
    assert_eq!(plugin.shut_down().await.code(), Some(0));
}

/// A server with one user, who is a bot and not greeted in channels.
async fn server_of_the_welcome_plugin() -> Server {
    let channel = || Some(Channel::default());
    let user = Some(User { is_bot: true, ..User::default() });
    Server::start([
        ("GetUserByUsername", Answer::user("welcome")),
        ("GetBot", Answer::reply(&GetBotResponse { bot: Some(Bot::default()), error: None })),
        ("PatchBot", Answer::reply(&PatchBotResponse { bot: Some(Bot::default()), error: None })),
        ("SetProfileImage", Answer::reply(&SetProfileImageResponse::default())),
        ("KVDelete", Answer::reply(&KvDeleteResponse::default())),
        ("KVGet", Answer::reply(&KvGetResponse::default())),
        (
            "KVSetWithOptions",
            Answer::reply(&KvSetWithOptionsResponse { success: true, error: None }),
        ),
        ("GetUser", Answer::reply(&GetUserResponse { user, error: None })),
        ("GetChannel", Answer::reply(&GetChannelResponse { channel: channel(), error: None })),
        (
            "GetDirectChannel",
            Answer::reply(&GetDirectChannelResponse { channel: channel(), error: None }),
        ),
        (
            "CreatePost",
            Answer::reply(&CreatePostResponse { post: Some(Post::default()), error: None }),
        ),
    ])
    .await
}

#[tokio::test]
async fn a_child_of_its_own_is_called_and_its_log_goes_to_stderr() {
    let ended = run(hookwright(&["call", "MessageWillBePosted", "--json", "{}"])).await;
    assert_eq!((ended.code(), ended.stdout.as_str()), (Some(0), "{}\n"));
    // What plugins print themselves is there as well.
    let log = ended.stderr.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let messages: Vec<_> = log.map(|record| record["@message"].clone()).collect();
    for message in ["serving", "stopping"] {
        assert!(messages.contains(&json!(message)), "{}", ended.stderr);
    }
}

#[tokio::test]
async fn a_post_is_allowed_replaced_or_refused_as_the_configuration_says() {
    let filter = Filter::new();
    let post = |message: &str| json!({ "post": { "message": message } }).to_string();

    let allowed = filter.call("MessageWillBePosted", &post("hello")).await;
    assert_eq!((allowed.code(), document(&allowed)), (Some(0), json!({})));

    let replaced = filter.call("MessageWillBePosted", &post("crap!")).await;
    assert_eq!(replaced.code(), Some(0));
    assert_eq!(document(&replaced), json!({ "modifiedPost": { "message": "****!" } }));

    let rejected = filter.call("MessageWillBePosted", &post("idiot")).await;
    assert_eq!(rejected.code(), Some(10));
    assert_eq!(document(&rejected), json!({ "rejectionReason": "Please mind your language." }));

    let dismissed = filter.call("MessageWillBePosted", &post("a free gift card")).await;
    assert_eq!(dismissed.code(), Some(10));
    assert_eq!(
        document(&dismissed),
        json!({ "rejectionReason": "plugin.message_will_be_posted.dismiss_post" })
    );
}

#[tokio::test]
async fn an_error_in_the_reply_is_answered_with_10() {
    let request = r#"{ "args": { "command": "/nobody knows this" } }"#;
    let ended = run(hookwright(&["call", "ExecuteCommand", "--json", request])).await;
    assert_eq!(ended.code(), Some(10));
    assert_eq!(document(&ended)["error"]["statusCode"], 501, "{}", ended.stdout);
}

#[tokio::test]
async fn json_goes_in_under_either_name_and_comes_out_canonical() {
    let filter = Filter::new();
    let canonical = json!({
        "id": "p1",
        "createAt": "1700000000000",
        "updateAt": "9007199254740993",
        "isPinned": true,
        "userId": "u1",
        "message": "****",
        "props": { "count": 1.5, "nested": { "list": [null, "x"] } },
        "fileIds": ["f1", "f2"],
    });
    let request = |keys: [&str; 5]| {
        let [create_at, update_at, is_pinned, user_id, file_ids] = keys;
        json!({ "post": {
            "id": "p1",
            create_at: 1_700_000_000_000_u64,
            update_at: "9007199254740993",
            is_pinned: true,
            user_id: "u1",
            "message": "crap",
            "props": { "count": 1.5, "nested": { "list": [null, "x"] } },
            file_ids: ["f1", "f2"],
        } })
        .to_string()
    };
    for keys in [
        ["createAt", "updateAt", "isPinned", "userId", "fileIds"],
        ["create_at", "update_at", "is_pinned", "user_id", "file_ids"],
    ] {
        let ended = filter.call("MessageWillBePosted", &request(keys)).await;
        assert_eq!(document(&ended), json!({ "modifiedPost": canonical }), "{}", ended.stderr);
    }
}

#[tokio::test]
async fn the_document_may_be_a_text_a_file_or_stdin() {
    let filter = Filter::new();
    let (file, text) = (filter.path("request.json"), r#"{ "post": { "message": "crap" } }"#);
    std::fs::write(&file, format!("\n  {text}\n")).unwrap();
    let expected = json!({ "modifiedPost": { "message": "****" } });

    for json in [text, &format!("  {text}"), &file.display().to_string()] {
        let ended = filter.call("MessageWillBePosted", json).await;
        assert_eq!((ended.code(), document(&ended)), (Some(0), expected.clone()), "{json}");
    }

    let mut command = hookwright(&["call", "MessageWillBePosted", "--json", "-"]);
    command.env("HOOKWRIGHT_CONFIG", filter.path("hookwright.toml"));
    command.stdin(std::fs::File::open(&file).unwrap());
    let ended = run(command).await;
    assert_eq!((ended.code(), document(&ended)), (Some(0), expected), "stdin");
}

#[tokio::test]
async fn an_http_request_is_sent_as_a_stream_and_its_response_is_one_document() {
    let request =
        r#"{ "method": "POST", "url": "/x?y=1", "headers": { "A": ["b", "c"] }, "body": "hi" }"#;
    let ended = run(hookwright(&["call", "ServeHTTP", "--json", request])).await;
    let response = document(&ended);
    let status = response["init"]["statusCode"].as_u64().unwrap();
    let refused = status >= 400;
    assert_eq!(ended.code(), Some(if refused { 10 } else { 0 }), "{status} {}", ended.stderr);
    assert_eq!(response["bodyComplete"], true, "{response}");

    let malformed = r#"{ "method": "NO GOOD" }"#;
    let ended = run(hookwright(&["call", "ServeHTTP", "--json", malformed])).await;
    assert_eq!(
        (ended.code(), document(&ended)["init"]["statusCode"].clone()),
        (Some(10), json!(400))
    );
}
