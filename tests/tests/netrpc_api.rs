//! Replies of the server's API over net/rpc: those that are large, and those that are of wrong types.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use hookwright_gob::{Schema, Type, Value};
use hookwright_netrpc::{Answer, Client};
use hookwright_tests::netrpc::{Api, NetRpcHost, Typed, call, start, structure, text, texts};

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");
/// The largest message, either way.
const LARGEST: usize = 64 << 20;

/// Finds a user whose id is the length of the name, or very long.
fn find(method: &str, argument: &Value) -> Answer {
    let name = argument.get("A").and_then(Value::as_str).unwrap_or_default();
    let id = match (method, &*name) {
        ("GetUserByUsername", "large") => "x".repeat(LARGEST),
        ("GetUserByUsername", name) => name.len().to_string(),
        (_, _) => return Err(format!("rpc: can't find method Plugin.{method}")),
    };
    Ok(structure(vec![("A", texts("User", &[("Id", &id)]))]))
}

/// Has a handler ask for a user; the id, or the error.
async fn ask(hooks: &Client, name: &str) -> String {
    let arguments = texts("CommandArgs", &[("Command", name)]);
    let command = structure(vec![("A", texts("Context", &[])), ("B", arguments)]);
    let reply = call(hooks, "Plugin.ExecuteCommand", &command).await.unwrap().value;
    text(&reply, &["A", "Text"]) + &text(&reply, &["B", "Message"])
}

#[tokio::test]
async fn a_reply_that_is_too_large_fails_its_call_and_the_next_one_is_answered() {
    let plugin = start(FIXTURE, &[]).await;
    let mut host = NetRpcHost::connect(&plugin).await;
    let hooks = host.hooks().await;
    host.activate(&hooks, Api(find)).await;
    let too_large = ask(&hooks, "large").await;
    assert!(too_large.contains("the reply has more than 67108864 bytes"), "{too_large}");
    assert_eq!(ask(&hooks, "ada").await, "3");
}

#[tokio::test]
async fn a_request_may_be_larger_than_a_server_takes_it_over_grpc() {
    let plugin = start(FIXTURE, &[]).await;
    let mut host = NetRpcHost::connect(&plugin).await;
    let hooks = host.hooks().await;
    host.activate(&hooks, Api(find)).await;
    assert_eq!(ask(&hooks, &"x".repeat(5 << 20)).await, (5 << 20).to_string());
}

/// Replies that no program in Go would read as a user, nor as a configuration, by a name for each.
fn wrong(name: &str) -> Option<Typed> {
    let map = Schema::new().map(&Type::STRING, &Type::STRING);
    Some(match name {
        "a map" => structure(vec![("A", (map, Value::Map(vec![("Id".into(), "q".into())])))]),
        "a number" => structure(vec![("A", (Type::INT, Value::Int(5)))]),
        "another field" => structure(vec![("Z", (Type::STRING, "q".into()))]),
        "a bare text" => (Type::STRING, "q".into()),
        _ => return None,
    })
}

/// What is said of each.
const WRONG: [(&str, &str); 4] = [
    ("a map", "received map[string]string"),
    ("a number", "received int"),
    ("another field", "no fields matched"),
    ("a bare text", "received string"),
];

#[tokio::test]
async fn a_reply_of_wrong_types_fails_its_call_and_the_next_one_is_answered() {
    let plugin = start(FIXTURE, &[]).await;
    let mut host = NetRpcHost::connect(&plugin).await;
    let hooks = host.hooks().await;
    let answer = |method: &str, argument: &Value| {
        let name = argument.get("A").and_then(Value::as_str).unwrap_or_default();
        wrong(&name).map_or_else(|| find(method, argument), Ok)
    };
    host.activate(&hooks, Api(answer)).await;
    for (name, fault) in WRONG {
        let failed = ask(&hooks, name).await;
        assert!(failed.contains("GetUserByUsername"), "{name}: {failed}");
        assert!(failed.contains("does not decode: gob: "), "{name}: {failed}");
        assert!(failed.contains(fault), "{name}: {failed}");
        assert_eq!(ask(&hooks, "ada").await, "3");
    }
}

#[tokio::test]
async fn a_configuration_of_wrong_types_is_not_taken_for_none() {
    for (name, fault) in WRONG {
        let mut plugin = start(FIXTURE, &[("HOOKWRIGHT_LOG", "stderr")]).await;
        let mut host = NetRpcHost::connect(&plugin).await;
        let hooks = host.hooks().await;
        let answer = move |method: &str, argument: &Value| match method {
            "LoadPluginConfiguration" => Ok(wrong(name).unwrap()),
            _ => find(method, argument),
        };
        host.activate(&hooks, Api(answer)).await;
        let text = "the server did not give the plugin's configuration";
        plugin.logged(&["\"@level\":\"error\"", text, "does not decode: gob: ", fault]).await;
    }
}
