//! Files over net/rpc, where the host does not keep its side of it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

use std::io::ErrorKind;
use std::time::Duration;

use hookwright_gob::{Decoded, Type, Value};
use hookwright_netrpc::{Client, Stream};
use hookwright_tests::PATIENCE;
use hookwright_tests::netrpc::{NetRpcHost, Typed, call, start, structure, text, texts};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// It makes a file twice as long, and is closed.
const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture-http");
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
    let plugin = start(FIXTURE, &[]).await;
    let mut host = NetRpcHost::connect(&plugin).await;
    let hooks = host.hooks().await;

    let answer = begin(&hooks);
    drop(host.incoming.next().await.unwrap());
    let refused = reason(answer).await;
    assert!(refused.contains("the file cannot be reached"), "{refused}");
    // The other stream, which was dialed beside it.
    drop(host.incoming.next().await.unwrap());

    let answer = begin(&hooks);
    let (mut file, _replacement) = accept(&mut host).await;
    asked(&mut file).await.unwrap();
    file.write_all(b"half of").await.unwrap();
    drop(file);
    let refused = reason(answer).await;
    assert!(refused.contains("the file broke off"), "{refused}");
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
    let plugin = start(FIXTURE, &settings).await;
    let mut host = NetRpcHost::connect(&plugin).await;
    let hooks = host.hooks().await;

    // It closes its half, and reads nothing: there is room for a window, and no more is heard of it.
    let answer = begin(&hooks);
    let (file, replacement) = accept(&mut host).await;
    replacement.close().await;
    give(file, PIECE).await;
    let refused = reason(answer).await;
    assert!(refused.contains("the host does not take another file"), "{refused}");

    // It reads nothing, and says nothing.
    let answer = begin(&hooks);
    let (file, _unread) = accept(&mut host).await;
    give(file, PIECE).await;
    let refused = timeout(PATIENCE + Duration::from_secs(1), reason(answer)).await.unwrap();
    assert!(refused.contains("the host does not take another file"), "{refused}");

    // One that reads it gets all of it.
    let answer = begin(&hooks);
    let (file, mut replacement) = accept(&mut host).await;
    give(file, 3 * PIECE).await;
    let mut taken = Vec::new();
    timeout(PATIENCE, replacement.read_to_end(&mut taken)).await.unwrap().unwrap();
    assert_eq!((taken.len(), reason(answer).await), (6 * PIECE, String::new()));
}
