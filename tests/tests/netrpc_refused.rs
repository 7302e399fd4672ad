//! Calls over net/rpc that no handler can be asked about. A host that gets an error goes on as if there
//! were no plugin, so where a handler is closed the answer is a refusal.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use hookwright_gob::{Concrete, Schema, Type, Value};
use hookwright_tests::netrpc::{NetRpcHost, Typed, call, start, structure, text, texts};
use tempfile::TempDir;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");

/// What users are told of a call that nobody could check.
const REFUSED: &str =
    "A plugin could not check this: it cannot be read; the plugin's log says why.";

/// An object within an object, and so on: a user can send it with a post.
fn nested(levels: usize) -> Typed {
    let map = Schema::new().map(&Type::STRING, &Type::INTERFACE);
    let mut value = Value::Map(vec![("end".into(), Value::NIL)]);
    for _ in 0..levels {
        let inner = Concrete::new("map[string]interface {}", &map, value);
        value = Value::Map(vec![("a".into(), inner.into())]);
    }
    (map, value)
}

fn post(message: &str, levels: usize) -> Typed {
    let message = (Type::STRING, message.into());
    let post = structure(vec![("Message", message), ("Props", nested(levels))]);
    structure(vec![("A", texts("Context", &[])), ("B", post)])
}

/// Arguments that are nested too deep to be read.
fn unreadable() -> Typed {
    structure(vec![("B", texts("Any", &[])), ("Z", nested(240))])
}

#[tokio::test]
async fn a_post_whose_props_are_nested_deep_reaches_its_handlers() {
    let plugin = start(FIXTURE, &[]).await;
    let host = NetRpcHost::connect(&plugin).await;
    let hooks = host.hooks().await;
    for levels in [1, 29, 30, 33, 60, 190] {
        let reply = call(&hooks, "Plugin.MessageWillBePosted", &post("reject", levels)).await;
        let reason = reply.map(|reply| text(&reply.value, &["B"]));
        assert_eq!(reason.as_deref(), Ok("Please mind your language."), "{levels} levels");
    }
}

/// Settings under which the filter of posts is closed.
fn closed(folder: &TempDir) -> String {
    let file = folder.path().join("settings.toml");
    let settings = r#"
        [handlers."com.example.trouble".MessageWillBePosted]
        on_failure = "closed""#;
    std::fs::write(&file, settings).unwrap();
    file.to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_call_that_cannot_be_read_is_refused_where_failing_means_refusing() {
    let folder = tempfile::tempdir().unwrap();
    let file = closed(&folder);
    let settings = [("HOOKWRIGHT_CONFIG", &*file)];
    let mut plugin = start(FIXTURE, &settings).await;
    let host = NetRpcHost::connect(&plugin).await;
    let hooks = host.hooks().await;
    let too_deep = "a value nested deeper than 400 levels";

    for (hook, field) in [("UserWillLogIn", "A"), ("MessageWillBePosted", "B")] {
        let refused = call(&hooks, &format!("Plugin.{hook}"), &unreadable()).await.unwrap();
        let reason = text(&refused.value, &[field]);
        // What exactly is wrong with it is for the administrator.
        assert_eq!(reason, REFUSED, "{hook}");
        plugin
            .logged(&["the arguments cannot be read", too_deep, hook, "com.example.trouble"])
            .await;
    }
    // Where the reply has a place for an error, it is there. An error of net/rpc would count as success.
    for (hook, field) in [("ExecuteCommand", "B"), ("OnActivate", "A")] {
        let failed = call(&hooks, &format!("Plugin.{hook}"), &unreadable()).await.unwrap();
        let error = text(&failed.value, &[field, "Message"]);
        assert!(error.contains(too_deep), "{hook}: {error}");
        // As over gRPC, where a host drops the message.
        assert_eq!(text(&failed.value, &[field, "DetailedError"]), error, "{hook}");
    }
    // An open filter, and a hook that nobody handles.
    for hook in ["MessageWillBeUpdated", "UserHasLeftTeam"] {
        let error = call(&hooks, &format!("Plugin.{hook}"), &unreadable()).await.unwrap_err();
        assert!(error.contains(too_deep), "{hook}: {error}");
        assert_eq!(error.matches(hook).count(), 1, "{error}");
    }
    let allowed = call(&hooks, "Plugin.MessageWillBePosted", &post("hello", 1)).await.unwrap();
    assert_eq!(allowed.value.get("B"), None, "the session goes on");
}

/// Arguments whose types are not those of the hook, and what the log says of each.
fn of_other_types() -> Vec<(Typed, &'static str)> {
    let schema = Schema::new();
    let context = || texts("Context", &[]);
    let number = || (Type::INT, Value::Int(7));
    let posted = |post| structure(vec![("A", context()), ("B", post)]);
    let numbers = (schema.slice(&Type::INT), Value::List(vec![Value::Int(7)]));
    let words = (schema.slice(&Type::STRING), Value::List(vec!["zork".into()]));
    vec![
        ((Type::STRING, "zork".into()), "received string"),
        (words, "received []string"),
        (posted((Type::STRING, "zork".into())), "received string"),
        (posted(structure(vec![("Message", number())])), "field Post.Message: want string"),
        (posted(structure(vec![("FileIds", numbers)])), "field Post.FileIds: want []string"),
        (structure(vec![("Q", number())]), "no fields matched"),
    ]
}

#[tokio::test]
async fn arguments_of_types_that_go_would_not_read_are_refused_as_if_they_could_not_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let mut plugin = start(FIXTURE, &[("HOOKWRIGHT_CONFIG", &closed(&folder))]).await;
    let host = NetRpcHost::connect(&plugin).await;
    let hooks = host.hooks().await;
    // Once a stream has sent the right types, others are looked at all the same.
    let good = post("hello", 1);
    for _ in 0..2 {
        for (arguments, fault) in of_other_types() {
            let refused = call(&hooks, "Plugin.MessageWillBePosted", &arguments).await.unwrap();
            assert_eq!(text(&refused.value, &["B"]), REFUSED, "{fault}");
            plugin.logged(&["the arguments cannot be read: gob: ", fault]).await;
            let error = call(&hooks, "Plugin.MessageWillBeUpdated", &arguments).await.unwrap_err();
            assert!(error.contains(fault), "{fault}: {error}");
        }
        let allowed = call(&hooks, "Plugin.MessageWillBePosted", &good).await.unwrap();
        assert_eq!(allowed.value.get("B"), None, "the session goes on");
    }
    // A newer server sends more than is known here.
    let more = structure(vec![
        ("Message", (Type::STRING, "reject".into())),
        ("Newest", structure(vec![("Message", (Type::INT, Value::Int(7)))])),
    ]);
    let more = structure(vec![("Z", (Type::BOOL, Value::Bool(true))), ("B", more)]);
    let reply = call(&hooks, "Plugin.MessageWillBePosted", &more).await.unwrap();
    assert_eq!(text(&reply.value, &["B"]), "Please mind your language.");
}
