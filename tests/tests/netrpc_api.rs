//! What is large on its way to the server's API over net/rpc, and back.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use hookwright_gob::Value;
use hookwright_netrpc::{Answer, Client};
use hookwright_tests::netrpc::{Api, NetRpcHost, call, start, structure, text, texts};

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
