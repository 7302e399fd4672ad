//! Files over net/rpc, where the host does not keep its side of it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

use std::io::ErrorKind;
use std::time::Duration;

use futures::FutureExt as _;
use hookwright_gob::{Decoded, Type, Value};
use hookwright_netrpc::{Client, Stream};
use hookwright_tests::PATIENCE;
use hookwright_tests::netrpc::{NetRpcHost, Typed, call, nothing, start, structure, text, texts};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// It makes a file twice as long, and is closed.
const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture-http");
/// What users are told.
const NOT_RECEIVED: &str =
    "A plugin could not check this: the file did not arrive; the plugin's log says why.";
const NOT_TAKEN: &str = "A plugin could not check this: the changed file could not be handed over; the plugin's log says why.";
/// How many files are read at a time.
const PLACES: usize = 16;
/// How much the plugin asks for at a time, and how it says so.
const PIECE: usize = 256 * 1024;
const ASKED: [u8; 3] = [0x80, 0x80, 0x20];

const FILE: u32 = 11;
const REPLACEMENT: u32 = 12;

fn upload() -> Typed {
    let id = |id: u32| (Type::UINT, Value::Uint(id.into()));
    structure(vec![
        ("A", texts("Context", &[])),
        ("B", texts("FileInfo", &[("Name", "plan.txt")])),
        ("UploadedFileStream", id(FILE)),
        ("ReplacementFileStream", id(REPLACEMENT)),
    ])
}

fn begin(hooks: &Client) -> JoinHandle<Result<Decoded, String>> {
    let hooks = hooks.clone();
    tokio::spawn(async move { call(&hooks, "Plugin.FileWillBeUploaded", &upload()).await })
}

/// The two streams that the plugin dials.
async fn accept(host: &mut NetRpcHost) -> (Stream, Stream) {
    let (first, second) = (host.accept().await, host.accept().await);
    match (first, second) {
        ((FILE, file), (REPLACEMENT, replacement)) | ((REPLACEMENT, replacement), (FILE, file)) => {
            (file, replacement)
        }
        ((first, _), (second, _)) => panic!("the plugin dialed {first} and {second}"),
    }
}

/// Gives so much of a file as it is asked for, and ends it.
async fn give(mut file: Stream, length: usize) {
    let mut left = length;
    while left > 0 {
        asked(&mut file).await.unwrap();
        let piece = left.min(PIECE);
        file.write_all(&vec![b'x'; piece]).await.unwrap();
        left -= piece;
    }
    file.close().await;
}

async fn asked(file: &mut Stream) -> std::io::Result<()> {
    let mut wish = [0; 3];
    timeout(PATIENCE, file.read_exact(&mut wish)).await.unwrap()?;
    assert_eq!(wish, ASKED);
    Ok(())
}

async fn reason(answer: JoinHandle<Result<Decoded, String>>) -> String {
    text(&answer.await.unwrap().unwrap().value, &["B"])
}

#[tokio::test]
async fn a_file_that_cannot_be_reached_or_breaks_off_is_refused() {
    let mut plugin = start(FIXTURE, &[]).await;
    let mut host = NetRpcHost::connect(&plugin).await;
    let hooks = host.hooks().await;

    let answer = begin(&hooks);
    drop(host.incoming.next().await.unwrap());
    let refused = reason(answer).await;
    assert_eq!(refused, NOT_RECEIVED);
    plugin.logged(&["the file cannot be reached: ", "not_received"]).await;
    // The other stream, which was dialed beside it.
    drop(host.incoming.next().await.unwrap());

    let answer = begin(&hooks);
    let (mut file, _replacement) = accept(&mut host).await;
    asked(&mut file).await.unwrap();
    file.write_all(b"half of").await.unwrap();
    drop(file);
    let refused = reason(answer).await;
    assert_eq!(refused, NOT_RECEIVED);
    plugin.logged(&["the file broke off: ", "not_received"]).await;
}

#[tokio::test]
async fn a_file_that_is_too_large_is_refused_and_its_sender_is_let_go() {
    let plugin = start(FIXTURE, &[]).await;
    let mut host = NetRpcHost::connect(&plugin).await;
    let hooks = host.hooks().await;
    let answer = begin(&hooks);
    let (mut file, _replacement) = accept(&mut host).await;
    let piece = vec![b'x'; PIECE];
    let sent = async {
        loop {
            asked(&mut file).await?;
            file.write_all(&piece).await?;
        }
    };
    let ended: std::io::Result<()> = timeout(PATIENCE, sent).await.unwrap();
    // A mere end would leave a sender in Go waiting for room.
    let ended = ended.unwrap_err().kind();
    assert!(matches!(ended, ErrorKind::ConnectionReset | ErrorKind::BrokenPipe), "{ended:?}");
    let refused = reason(answer).await;
    assert!(refused.contains("the request has more than 67108864 bytes"), "{refused}");
}

#[tokio::test]
async fn a_replacement_that_the_host_does_not_take_is_a_refusal() {
    let settings = [("MATTERMOST_PLUGIN_HOOK_TIMEOUT", "2")];
    let mut plugin = start(FIXTURE, &settings).await;
    let mut host = NetRpcHost::connect(&plugin).await;
    let hooks = host.hooks().await;

    // It closes its half, and reads nothing: there is room for a window, and no more is heard of it.
    let answer = begin(&hooks);
    let (file, replacement) = accept(&mut host).await;
    replacement.close().await;
    give(file, PIECE).await;
    let refused = reason(answer).await;
    assert_eq!(refused, NOT_TAKEN);
    plugin.logged(&["the host does not take another file: ", "not_taken"]).await;

    // It reads nothing, and says nothing.
    let answer = begin(&hooks);
    let (file, _unread) = accept(&mut host).await;
    give(file, PIECE).await;
    let refused = timeout(PATIENCE + Duration::from_secs(1), reason(answer)).await.unwrap();
    assert_eq!(refused, NOT_TAKEN);
    plugin.logged(&["the host does not take another file: ", "not_taken"]).await;

    // One that reads it gets all of it.
    let answer = begin(&hooks);
    let (file, mut replacement) = accept(&mut host).await;
    give(file, 3 * PIECE).await;
    let mut taken = Vec::new();
    timeout(PATIENCE, replacement.read_to_end(&mut taken)).await.unwrap().unwrap();
    assert_eq!((taken.len(), reason(answer).await), (6 * PIECE, String::new()));
}

#[tokio::test]
async fn so_many_files_are_read_at_a_time_and_the_next_one_when_one_of_them_has_been() {
    let plugin = start(FIXTURE, &[]).await;
    let mut host = NetRpcHost::connect(&plugin).await;
    let hooks = host.hooks().await;
    let mut read = Vec::new();
    for _ in 0..PLACES {
        let answer = begin(&hooks);
        let (mut file, replacement) = accept(&mut host).await;
        asked(&mut file).await.unwrap();
        read.push((answer, file, replacement));
    }
    let waiting = begin(&hooks);
    let (mut file, mut replacement) = accept(&mut host).await;
    // It would ask at once, and be heard before the answers of calls that begin only now.
    for _ in 0..100 {
        call(&hooks, "Plugin.Implemented", &nothing()).await.unwrap();
    }
    let mut wish = [0; 3];
    let asking = file.read_exact(&mut wish);
    tokio::pin!(asking);
    assert!(asking.as_mut().now_or_never().is_none(), "there is no room for it");

    let (first, mut one, taken) = read.remove(0);
    one.write_all(b"one").await.unwrap();
    one.close().await;
    taken.close().await;
    timeout(PATIENCE, asking).await.unwrap().unwrap();
    assert_eq!(reason(first).await, "");
    file.write_all(b"all of it").await.unwrap();
    file.close().await;
    let mut twice = Vec::new();
    timeout(PATIENCE, replacement.read_to_end(&mut twice)).await.unwrap().unwrap();
    assert_eq!((twice.as_slice(), &*reason(waiting).await), (&b"all of itall of it"[..], ""));
}

#[tokio::test]
async fn hosts_that_give_nothing_do_not_hold_the_places_of_those_that_do() {
    let settings = [("MATTERMOST_PLUGIN_HOOK_TIMEOUT", "2")];
    let mut plugin = start(FIXTURE, &settings).await;
    let mut host = NetRpcHost::connect(&plugin).await;
    let hooks = host.hooks().await;
    let mut stalled = Vec::new();
    for _ in 0..PLACES {
        let answer = begin(&hooks);
        stalled.push((answer, accept(&mut host).await));
    }
    for (answer, _streams) in stalled {
        assert_eq!(reason(answer).await, NOT_RECEIVED);
    }
    plugin.logged(&["the host did not give the whole file within 2000 ms", "not_received"]).await;
    let answer = begin(&hooks);
    let (file, mut replacement) = accept(&mut host).await;
    give(file, PIECE).await;
    let mut taken = Vec::new();
    timeout(PATIENCE, replacement.read_to_end(&mut taken)).await.unwrap().unwrap();
    assert_eq!((taken.len(), reason(answer).await), (2 * PIECE, String::new()));
}
