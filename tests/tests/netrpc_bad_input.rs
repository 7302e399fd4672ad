//! What a host should not send over net/rpc: the call fails, and where Go's session would go on, so
//! does this one.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

use hookwright_tests::netrpc::{NetRpcHost, Typed, call, nothing, structure, texts};
use hookwright_tests::netrpc_raw::{RawCalls, int, list_type, message, uint};
use hookwright_tests::{Plugin, hosted};

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");

const POSTED: &str = "Plugin.MessageWillBePosted";

async fn start() -> (Plugin, NetRpcHost) {
    let mut command = hosted(FIXTURE);
    command.env("HOOKWRIGHT_PROTOCOL", "netrpc");
    let plugin = Plugin::start(command).await;
    let host = NetRpcHost::connect(&plugin).await;
    (plugin, host)
}

fn post(text: &str) -> Typed {
    let context = texts("Context", &[("RequestId", "request")]);
    structure(vec![("A", context), ("B", texts("Post", &[("Message", text), ("Id", "post")]))])
}

/// Arguments that no encoder writes, by what is wrong with them.
fn bodies() -> Vec<(&'static str, Vec<u8>)> {
    let far = uint(1 << 62);
    let strings = |id| list_type(id, 6);
    vec![
        ("a type that nobody has defined", message(&[&int(4999), &[0]])),
        ("a type of elements that nobody has defined", {
            [list_type(5000, 4998), message(&[&int(5000), &[0, 1, 1]])].concat()
        }),
        ("a list of itself, very deep", {
            [list_type(5001, 5001), message(&[&int(5001), &[0], &[1; 100_000], &[0]])].concat()
        }),
        ("more elements than there can be", {
            [strings(5002), message(&[&int(5002), &[0], &far])].concat()
        }),
        ("a text that is longer than its message", message(&[&int(6), &[0], &far, b"short"])),
        ("an interface in an interface, very deep", {
            let held = [&[11][..], b"interface {}", &int(8), &[1]].concat();
            message(&[&int(8), &[0], &held.repeat(20_000), &[0]])
        }),
        ("an interface of a name that nobody has registered", {
            message(&[&int(8), &[0], &[4], b"nope", &int(4997), &[1, 0]])
        }),
        ("a number that does not end", message(&[&int(2), &[0, 0xf8, 1]])),
        ("garbage", message(&[&[0x55; 64]])),
    ]
}

#[tokio::test]
async fn an_argument_that_is_no_gob_fails_its_call_and_the_next_one_is_answered() {
    for (what, body) in bodies() {
        let (_plugin, host) = start().await;
        let mut calls = RawCalls::new(host.stream_of_hooks().await);
        calls.header(POSTED, 7).await;
        calls.bytes(&body).await;
        let (seq, error) = calls.reply().await.unwrap_or_else(|end| panic!("{what}: {end}"));
        assert_eq!(seq, 7, "{what}");
        assert!(!error.is_empty(), "{what}");

        calls.header(POSTED, 8).await;
        calls.value(&post("hello")).await;
        assert_eq!(calls.reply().await, Ok((8, String::new())), "{what}");
        call(&host.control, "Control.Ping", &nothing()).await.unwrap();
    }
}

#[tokio::test]
async fn a_message_that_nobody_can_hold_ends_the_process_so_that_it_is_started_anew() {
    let endless = [uint(1 << 62), vec![0; 64]].concat();
    let cut = message(&[&[0; 100]])[..50].to_vec();
    for (what, bytes, cut_off) in [("too long", endless, false), ("cut off", cut, true)] {
        let (mut plugin, host) = start().await;
        let mut calls = RawCalls::new(host.stream_of_hooks().await);
        calls.header(POSTED, 1).await;
        calls.bytes(&bytes).await;
        if cut_off {
            calls.stream.close().await;
        }
        plugin.logged(&["\"@level\":\"warn\"", "the stream of the hooks is lost"]).await;
        plugin.logged(&["\"stopping\"", "the stream of the hooks is lost"]).await;
        drop(host);
        assert_eq!(plugin.ended().await.code(), Some(4), "{what}");
    }
}

#[tokio::test]
async fn a_header_without_its_argument_is_dropped_and_the_calls_go_on() {
    let (_plugin, host) = start().await;
    let mut calls = RawCalls::new(host.stream_of_hooks().await);
    calls.header(POSTED, 1).await;
    calls.header(POSTED, 2).await;
    calls.value(&post("hello")).await;
    assert_eq!(calls.reply().await, Ok((2, String::new())));
    for seq in 3..7 {
        calls.header(POSTED, seq).await;
        calls.value(&post("hello")).await;
        assert_eq!(calls.reply().await, Ok((seq, String::new())));
    }
}

#[tokio::test]
async fn what_is_not_there_is_told_in_the_words_of_go() {
    let (_plugin, host) = start().await;
    let hooks = host.hooks().await;
    for (client, method, error) in [
        (&hooks, "Plugin.Nonsense", "rpc: can't find method Plugin.Nonsense"),
        (&hooks, "Nobody.Nonsense", "rpc: can't find service Nobody.Nonsense"),
        (&hooks, "A.B.C", "rpc: can't find service A.B.C"),
        (&hooks, "Plugin.", "rpc: can't find method Plugin."),
        (&hooks, "nonsense", "rpc: service/method request ill-formed: nonsense"),
        (&hooks, "", "rpc: service/method request ill-formed: "),
        (&host.control, "Control.Nonsense", "rpc: can't find method Control.Nonsense"),
        (&host.control, "Plugin.OnActivate", "rpc: can't find service Plugin.OnActivate"),
    ] {
        assert_eq!(call(client, method, &nothing()).await.unwrap_err(), error);
    }
    call(&hooks, POSTED, &post("hello")).await.unwrap();
}
