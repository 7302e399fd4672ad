//! `hookwright call`: its own child speaks gRPC, whatever it would speak with a server.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod program;

use hookwright_tests::{Output, by_hand, run};
use program::hookwright;
use serde_json::Value;

const CALL: [&str; 4] = ["call", "MessageWillBePosted", "--json", r#"{"post":{"message":"x"}}"#];

/// Why the child says that it speaks gRPC.
fn because(ended: &Output) -> String {
    let records = ended.stderr.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let serving: Vec<_> = records.filter(|record| record["@message"] == "serving").collect();
    assert_eq!(serving.len(), 1, "{}", ended.stderr);
    assert_eq!(serving[0]["protocol"], "grpc");
    serving[0]["because"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_setting_for_net_rpc_is_not_for_the_child() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("c.toml");
    std::fs::write(&file, "protocol = \"netrpc\"\n").unwrap();
    for (name, value) in
        [("HOOKWRIGHT_PROTOCOL", "netrpc"), ("HOOKWRIGHT_CONFIG", file.to_str().unwrap())]
    {
        let mut command = hookwright(&CALL);
        command.env(name, value);
        let ended = run(command).await;
        assert_eq!((ended.code(), ended.stdout.as_str()), (Some(0), "{}\n"), "{}", ended.stderr);
        assert_eq!(because(&ended), "`call` speaks gRPC");
    }
}

#[tokio::test]
async fn where_nothing_is_set_the_child_names_no_setting() {
    let ended = run(hookwright(&CALL)).await;
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    assert_eq!(because(&ended), "`call` speaks gRPC");
}

#[tokio::test]
async fn the_binary_of_an_installed_bundle_calls_itself() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = r#"{"id": "com.example", "server": {"executable": "server/plugin"}}"#;
    std::fs::write(folder.path().join("plugin.json"), manifest).unwrap();
    std::fs::create_dir(folder.path().join("server")).unwrap();
    let program = folder.path().join("server/plugin");
    std::fs::copy(env!("CARGO_BIN_EXE_hookwright"), &program).unwrap();
    let mut command = by_hand(program.to_str().unwrap());
    command.args(CALL);
    let ended = run(command).await;
    assert_eq!((ended.code(), ended.stdout.as_str()), (Some(0), "{}\n"), "{}", ended.stderr);
}
