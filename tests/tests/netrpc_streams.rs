//! Streams of a net/rpc session that nobody takes, reads or ends.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

use hookwright_gob::{Type, Value};
use hookwright_tests::netrpc::{NetRpcHost, Typed, call, nothing, structure, texts};
use hookwright_tests::netrpc_raw::RawCalls;
use hookwright_tests::{PATIENCE, Plugin, hosted};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// How many calls nobody reads the answers of.
const COUNT: u64 = 8;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");

async fn start() -> (Plugin, NetRpcHost) {
    let mut command = hosted(FIXTURE);
    command.env("HOOKWRIGHT_PROTOCOL", "netrpc");
    let plugin = Plugin::start(command).await;
    let host = NetRpcHost::connect(&plugin).await;
    (plugin, host)
}

fn id(id: u32) -> Typed {
    (Type::UINT, Value::Uint(id.into()))
}

fn a_request(ids: (u32, u32)) -> Typed {
    let request = texts("HTTPRequestSubset", &[("Method", "GET"), ("RequestURI", "/")]);
    structure(vec![
        ("ResponseWriterStream", id(ids.0)),
        ("Request", request),
        ("RequestBodyStream", id(ids.1)),
    ])
}

fn post() -> Typed {
    post_of("hello")
}

fn post_of(message: &str) -> Typed {
    structure(vec![("B", texts("Post", &[("Message", message)]))])
}

#[tokio::test]
async fn streams_that_the_host_never_accepts_fail_what_needs_them_and_nothing_else() {
    let (_plugin, host) = start().await;
    let hooks = host.hooks().await;
    let lent = structure(vec![("UploadedFileStream", id(3)), ("ReplacementFileStream", id(4))]);
    let activation = structure(vec![("APIMuxId", id(5)), ("DriverMuxId", id(6))]);
    let request = a_request((1, 2));
    let (served, uploaded, activated) = tokio::join!(
        call(&hooks, "Plugin.ServeHTTP", &request),
        call(&hooks, "Plugin.FileWillBeUploaded", &lent),
        call(&hooks, "Plugin.OnActivate", &activation),
    );
    assert!(served.unwrap_err().contains("the host does not accept it"));
    // Nobody has a handler of that hook here, which is found out first.
    assert!(uploaded.unwrap_err().contains("not implemented"));
    // An error of the call itself would count as success.
    let activated = activated.unwrap().value;
    let error = activated.get("A").and_then(|error| error.get("Message")).cloned();
    let text = error.as_ref().and_then(Value::as_str).unwrap_or_default().into_owned();
    assert!(text.contains("the host does not accept it"), "{activated:?}");
    call(&hooks, "Plugin.MessageWillBePosted", &post()).await.unwrap();
}

#[tokio::test]
async fn hooks_that_nobody_dials_can_be_asked_for_again() {
    let (mut plugin, host) = start().await;
    let name = (Type::STRING, "hooks".into());
    call(&host.control, "Dispenser.Dispense", &name).await.unwrap();
    let said = "the host asked for the hooks, and then opened no stream for them";
    plugin.logged(&["\"@level\":\"warn\"", said]).await;
    let hooks = host.hooks().await;
    call(&hooks, "Plugin.MessageWillBePosted", &post()).await.unwrap();
}

#[tokio::test]
async fn a_stream_that_nobody_asked_for_holds_up_no_other() {
    let (_plugin, host) = start().await;
    let (mut stray, _) = host.session.open(&999_u32.to_le_bytes()).await.unwrap();
    for _ in 0..200 {
        stray.write_all(&[0; 64]).await.unwrap();
        stray.flush().await.unwrap();
    }
    let hooks = async {
        let hooks = host.hooks().await;
        call(&hooks, "Plugin.MessageWillBePosted", &post()).await.unwrap();
    };
    // The plugin ends it when nobody has come for it, and answers long before.
    let mut end = [0];
    tokio::select! {
        biased;
        ended = stray.read(&mut end) => panic!("it was answered no sooner than {ended:?}"),
        () = hooks => {}
    }
}

#[tokio::test]
async fn a_stream_that_is_reset_fails_its_own_call_alone() {
    let (_plugin, mut host) = start().await;
    let hooks = host.hooks().await;
    for accepted in 0..=2_u8 {
        let ids = (u32::from(accepted) * 2 + 1, u32::from(accepted) * 2 + 2);
        let (calling, request) = (hooks.clone(), a_request(ids));
        let called =
            tokio::spawn(async move { call(&calling, "Plugin.ServeHTTP", &request).await });
        // Both are lent, and reset as soon as the plugin has said which it wants, or something on them.
        for _ in 0..2 {
            let mut stream = host.incoming.next().await.unwrap();
            let mut id = [0; 4];
            stream.read_exact(&mut id).await.unwrap();
            // If the other one was reset first, it is over by now.
            if accepted > 0 && stream.write_all(&id).await.is_ok() {
                let mut said = vec![0; accepted.into()];
                let _ = stream.read_exact(&mut said).await;
            }
            drop(stream);
        }
        let error = called.await.unwrap().unwrap_err();
        assert!(!error.is_empty());
        call(&hooks, "Plugin.MessageWillBePosted", &post()).await.unwrap();
    }
}

#[tokio::test]
async fn a_host_that_does_not_read_its_answers_is_still_answered_elsewhere_and_gets_them_later() {
    let (_plugin, host) = start().await;
    let mut calls = RawCalls::new(host.stream_of_hooks().await);
    // Each answer says the name twice: together they are far larger than a window, and no larger than
    // what the plugin keeps.
    let name = format!("Plugin.{}", "x".repeat(64 * 1024));
    for seq in 0..COUNT {
        let sent = async {
            calls.header(&name, seq).await;
            calls.value(&nothing()).await;
        };
        tokio::time::timeout(PATIENCE, sent).await.unwrap();
    }
    let nothing = nothing();
    tokio::select! {
        () = calls.stream.hold() => {}
        answered = call(&host.control, "Control.Ping", &nothing) => drop(answered.unwrap()),
    }
    let mut seen = Vec::new();
    for _ in 0..COUNT {
        let (seq, error) = calls.reply().await.unwrap();
        assert!(error.starts_with("rpc: can't find method Plugin.xxx"));
        seen.push(seq);
    }
    seen.sort_unstable();
    assert_eq!(seen, (0..COUNT).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_host_that_dies_in_the_middle_of_calls_ends_the_process() {
    for count in [1, 50] {
        let (plugin, host) = start().await;
        let hooks = host.hooks().await;
        let calls: Vec<_> = (0..count)
            .map(|_| {
                let hooks = hooks.clone();
                tokio::spawn(async move {
                    let asked = structure(vec![(
                        "B",
                        texts("CommandArgs", &[("Command", "wait for ever")]),
                    )]);
                    call(&hooks, "Plugin.ExecuteCommand", &asked).await
                })
            })
            .collect();
        call(&hooks, "Plugin.MessageWillBePosted", &post()).await.unwrap();
        calls.iter().for_each(tokio::task::JoinHandle::abort);
        drop((calls, hooks, host));
        let ended = plugin.ended().await;
        assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    }
}

#[tokio::test]
async fn a_host_that_reads_one_of_both_outputs_is_sent_all_of_that_one() {
    let (_plugin, mut host) = start().await;
    let hooks = host.hooks().await;
    // More than the windows of a stream and of all buffers on the way.
    for message in ["print bytes: 3000000", "complain: it is heard\n"] {
        call(&hooks, "Plugin.MessageHasBeenPosted", &post_of(message)).await.unwrap();
    }
    let mut heard = [0; 12];
    let reading = host.stderr.read_exact(&mut heard);
    tokio::time::timeout(PATIENCE, reading).await.unwrap().unwrap();
    assert_eq!(&heard, b"it is heard\n");
}
