//! Calls over net/rpc that no handler can be asked about. A host that gets an error goes on as if there
//! were no plugin, so where a handler is closed the answer is a refusal.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use hookwright_gob::{Concrete, Schema, Type, Value};
use hookwright_tests::netrpc::{NetRpcHost, Typed, call, start, structure, text, texts};

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");

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

#[tokio::test]
async fn a_call_that_cannot_be_read_is_refused_where_failing_means_refusing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.toml");
    let settings = r#"
        [handlers."com.example.trouble".MessageWillBePosted]
        on_failure = "closed""#;
    std::fs::write(&file, settings).unwrap();
    let settings = [("HOOKWRIGHT_CONFIG", file.to_str().unwrap())];
    let mut plugin = start(FIXTURE, &settings).await;
    let host = NetRpcHost::connect(&plugin).await;
    let hooks = host.hooks().await;
    let too_deep = "a value nested deeper than 400 levels";

    for (hook, field) in [("UserWillLogIn", "A"), ("MessageWillBePosted", "B")] {
        let refused = call(&hooks, &format!("Plugin.{hook}"), &unreadable()).await.unwrap();
        let reason = text(&refused.value, &[field]);
        // What exactly is wrong with it is for the administrator.
        let expected =
            "A plugin could not check this: it cannot be read; the plugin's log says why.";
        assert_eq!(reason, expected, "{hook}");
        plugin
            .logged(&["the arguments cannot be read", too_deep, hook, "com.example.trouble"])
            .await;
    }
    // Where the reply has a place for an error, it is there. An error of net/rpc would count as success.
    for (hook, field) in [("ExecuteCommand", "B"), ("OnActivate", "A")] {
        let failed = call(&hooks, &format!("Plugin.{hook}"), &unreadable()).await.unwrap();
        let error = text(&failed.value, &[field, "DetailedError"]);
        assert!(error.contains(too_deep), "{hook}: {error}");
    }
    // An open filter, and a hook that nobody handles.
    for hook in ["MessageWillBeUpdated", "UserHasLeftTeam"] {
        let error = call(&hooks, &format!("Plugin.{hook}"), &unreadable()).await.unwrap_err();
        assert!(error.contains(too_deep), "{hook}: {error}");
    }
    let allowed = call(&hooks, "Plugin.MessageWillBePosted", &post("hello", 1)).await.unwrap();
    assert_eq!(allowed.value.get("B"), None, "the session goes on");
}
