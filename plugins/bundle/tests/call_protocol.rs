//! `hookwright call`: its own child speaks gRPC, whatever it would speak with a server.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod program;

use hookwright_tests::{by_hand, run};
use program::hookwright;

const CALL: [&str; 4] = ["call", "MessageWillBePosted", "--json", r#"{"post":{"message":"x"}}"#];

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
    }
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
