//! A plugin process under a host that speaks net/rpc.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

use std::sync::Arc;

use hookwright_gob::{Type, Value};
use hookwright_netrpc::{Client, serve};
use hookwright_tests::netrpc::{Api, NetRpcHost, Typed, call, structure, texts};
use hookwright_tests::{PATIENCE, Plugin, hosted};
use tokio::io::AsyncReadExt as _;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");

async fn start() -> Plugin {
    let mut command = hosted(FIXTURE);
    command.env("HOOKWRIGHT_PROTOCOL", "netrpc");
    Plugin::start(command).await
}

fn boolean() -> Typed {
    (Type::BOOL, Value::Bool(true))
}

fn post(text: &str) -> Typed {
    let context = texts("Context", &[("RequestId", "request")]);
    structure(vec![("A", context), ("B", texts("Post", &[("Message", text), ("Id", "post")]))])
}

/// Activates the plugin with an API that answers so.
async fn activate<F>(host: &mut NetRpcHost, hooks: &Client, api: F)
where
    F: Fn(&str, &Value) -> hookwright_netrpc::Answer + Send + Sync + 'static,
{
    let id = |id| (Type::UINT, Value::Uint(id));
    let arguments = structure(vec![("APIMuxId", id(7)), ("DriverMuxId", id(8))]);
    let hooks = hooks.clone();
    let activated =
        tokio::spawn(async move { call(&hooks, "Plugin.OnActivate", &arguments).await });
    let (first, stream) = host.accept().await;
    assert_eq!(first, 7);
    tokio::spawn(serve(stream, Arc::new(Api(api))));
    let (second, driver) = host.accept().await;
    assert_eq!(second, 8);
    // Held for as long as the test runs: nothing is said on it.
    tokio::spawn(async move {
        let _driver = driver;
        std::future::pending::<()>().await;
    });
    let activated = activated.await.unwrap().unwrap();
    assert_eq!(activated.value.get("A"), None, "no error");
}

#[tokio::test]
async fn the_handshake_says_net_rpc_and_the_log_says_why() {
    let mut plugin = start().await;
    let fields: Vec<_> = plugin.line.trim_end_matches('\n').split('|').collect();
    assert_eq!((fields[0], fields[1], fields[2]), ("1", "1", "unix"));
    assert_eq!((fields[4], fields[5], fields.len()), ("netrpc", "", 6));
    let serving = plugin.logged(&["\"serving\""]).await;
    assert!(serving.contains("\"netrpc\"") && serving.contains("HOOKWRIGHT_PROTOCOL"), "{serving}");
}

#[tokio::test]
async fn hooks_are_asked_for_called_and_ended_in_order() {
    let plugin = start().await;
    let mut host = NetRpcHost::connect(&plugin).await;
    call(&host.control, "Control.Ping", &boolean()).await.unwrap();
    let unknown = call(&host.control, "Dispenser.Dispense", &(Type::STRING, "x".into())).await;
    assert_eq!(unknown.unwrap_err(), "unknown plugin type: x");

    let hooks = host.hooks().await;
    let implemented = call(&hooks, "Plugin.Implemented", &structure(vec![])).await.unwrap();
    let names: Vec<_> =
        implemented.value.as_list().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(
        names.contains(&"MessageWillBePosted".into()) && names.contains(&"ServeMetrics".into())
    );
    activate(&mut host, &hooks, |_, _| Err("not here".to_owned())).await;

    let allowed = call(&hooks, "Plugin.MessageWillBePosted", &post("hello")).await.unwrap();
    assert_eq!((allowed.value.get("A"), allowed.value.get("B")), (None, None));
    for (method, error) in [
        ("Plugin.Nonsense", "rpc: can't find method Plugin.Nonsense"),
        ("Nobody.Nonsense", "rpc: can't find service Nobody.Nonsense"),
    ] {
        assert_eq!(call(&hooks, method, &boolean()).await.unwrap_err(), error);
    }
    let not_there = call(&hooks, "Plugin.UserHasLeftTeam", &structure(vec![])).await.unwrap_err();
    assert!(not_there.contains("not implemented"), "{not_there}");

    call(&hooks, "Plugin.OnDeactivate", &structure(vec![])).await.unwrap();
    call(&host.control, "Control.Quit", &boolean()).await.unwrap();
    drop((hooks, host));
    let ended = plugin.ended().await;
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
}

#[tokio::test]
async fn an_argument_of_another_type_fails_the_call_and_nothing_else() {
    let plugin = start().await;
    let host = NetRpcHost::connect(&plugin).await;
    let hooks = host.hooks().await;
    // A number where a post is expected.
    let wrong = structure(vec![("B", (Type::INT, Value::Int(5)))]);
    let error = call(&hooks, "Plugin.MessageWillBePosted", &wrong).await.unwrap_err();
    assert!(error.contains("the arguments cannot be read: gob: "), "{error}");
    call(&hooks, "Plugin.MessageWillBePosted", &post("hello")).await.unwrap();
    call(&host.control, "Control.Ping", &boolean()).await.unwrap();
}

#[tokio::test]
async fn the_process_ends_when_the_stream_of_the_hooks_is_lost() {
    let mut plugin = start().await;
    let host = NetRpcHost::connect(&plugin).await;
    let hooks = host.hooks().await;
    call(&hooks, "Plugin.MessageWillBePosted", &post("hello")).await.unwrap();
    drop(hooks);
    // Control still answers then, and a server that asks there would never start it anew.
    plugin.logged(&["\"stopping\"", "the stream of the hooks"]).await;
    drop(host);
    assert_eq!(plugin.ended().await.code(), Some(0));
}

#[tokio::test]
async fn the_api_is_called_once_it_is_there_and_its_errors_are_told_apart() {
    let plugin = start().await;
    let mut host = NetRpcHost::connect(&plugin).await;
    let hooks = host.hooks().await;
    let command = |text: &str| {
        let arguments = texts("CommandArgs", &[("Command", text)]);
        structure(vec![("A", texts("Context", &[])), ("B", arguments)])
    };
    let asked = async |text: &str| {
        let reply = call(&hooks, "Plugin.ExecuteCommand", &command(text)).await.unwrap().value;
        let text = |of: &str, field| {
            let value = reply.get(of).and_then(|of| of.get(field));
            value.and_then(Value::as_str).unwrap_or_default().into_owned()
        };
        text("A", "Text") + &text("B", "Message")
    };
    let early = asked("ada").await;
    assert!(early.contains("opens its API when it activates"), "{early}");
    activate(&mut host, &hooks, |method, argument| {
        let name = argument.get("A").and_then(Value::as_str).unwrap_or_default();
        match (method, &*name) {
            ("GetUserByUsername", "ada") => {
                Ok(structure(vec![("A", texts("User", &[("Id", "the id of ada")]))]))
            }
            (_, "nobody") => {
                let error = texts("AppError", &[("Id", "no.user"), ("Message", "no such user")]);
                Ok(structure(vec![("B", error)]))
            }
            (_, _) => Err(format!("rpc: can't find method Plugin.{method}")),
        }
    })
    .await;
    assert_eq!(asked("ada").await, "the id of ada");
    let refused = asked("nobody").await;
    assert!(refused.contains("no such user"), "{refused}");
    let older = asked("anybody").await;
    assert!(older.contains("this server does not have the method"), "{older}");
}

#[tokio::test]
async fn what_is_printed_reaches_the_host_on_its_stream() {
    let plugin = start().await;
    let mut host = NetRpcHost::connect(&plugin).await;
    let hooks = host.hooks().await;
    call(&hooks, "Plugin.MessageHasBeenPosted", &post("print: hello\n")).await.unwrap();
    let mut printed = Vec::new();
    let read = async {
        while !String::from_utf8_lossy(&printed).contains("hello") {
            assert_ne!(host.stdout.read_buf(&mut printed).await.unwrap(), 0);
        }
    };
    tokio::time::timeout(PATIENCE, read).await.unwrap();
}
