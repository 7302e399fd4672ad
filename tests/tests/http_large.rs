//! Bodies that are larger than the memory they may take, and readers that do not read.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests may fail like tests"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fixture_web::{BLOCK, block};
use hookwright_proto::mattermost::plugin_hooks_client::PluginHooksClient;
use hookwright_proto::mattermost::{ServeHttpRequest, ServeHttpRequestInit};
use hookwright_tests::Plugin;
use hookwright_tests::ask::post;
use hookwright_tests::usage::{Tasks, at_rest};
use hookwright_tests::web::{
    Upload, chunk, complete, fetch, first, get, init, open, upload, whole,
};
use tonic::transport::{Channel, Endpoint};

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture-http");

const MIB: u64 = 1024 * 1024;
/// How many blocks are a gibibyte.
const GIB: u64 = 1024 * MIB / BLOCK as u64;
/// How much memory the process may take beyond what it has when idle.
const MEMORY: u64 = 64 * MIB;
/// How much may be on its way to someone who does not read: windows and buffers, of which there are
/// some on each side.
const UNREAD: u64 = 2 * MIB;

#[tokio::test]
async fn a_gibibyte_goes_up_in_constant_memory() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let hooks = plugin.hooks().await;
    let idle = plugin.peak_memory();

    let init = ServeHttpRequestInit {
        content_length: i64::try_from(GIB).unwrap() * 65536,
        ..init("POST", "/checksum")
    };
    let upload = upload(&hooks, ServeHttpRequest { init: Some(init), ..Default::default() });
    let mut hasher = crc32fast::Hasher::new();
    for number in 0..GIB {
        let block = block(number);
        hasher.update(&block);
        upload.sender.send(chunk(block)).await.unwrap();
        if number % (GIB / 8) == 0 {
            plugin.assert_memory(idle, MEMORY);
        }
    }
    upload.sender.send(complete()).await.unwrap();

    let (status, _, body) = upload.answer.await.unwrap().unwrap();
    let expected = format!("1073741824 bytes, crc32 {:08x}", hasher.finalize());
    assert_eq!((status, body), (200, expected));
    plugin.assert_memory(idle, MEMORY);
}

#[tokio::test]
async fn a_gibibyte_comes_down_in_constant_memory() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let hooks = plugin.hooks().await;
    let idle = plugin.peak_memory();

    let mut exchange = open(&hooks, whole("GET", &format!("/blocks/{GIB}"))).await.unwrap();
    let (mut got, mut expected) = (crc32fast::Hasher::new(), crc32fast::Hasher::new());
    let (mut bytes, mut blocks) = (0, 0);
    while let Some(message) = exchange.response.message().await.unwrap() {
        got.update(&message.body_chunk);
        bytes += message.body_chunk.len() as u64;
        while blocks < bytes / BLOCK as u64 {
            expected.update(&block(blocks));
            blocks += 1;
            if blocks % (GIB / 8) == 0 {
                plugin.assert_memory(idle, MEMORY);
            }
        }
    }

    assert_eq!(bytes, 1024 * MIB);
    assert_eq!(got.finalize(), expected.finalize());
    plugin.assert_memory(idle, MEMORY);
}

/// A client that takes in as little ahead as a host does at first.
async fn with_small_windows(plugin: &Plugin) -> PluginHooksClient<Channel> {
    let endpoint = Endpoint::try_from(format!("http://{}", plugin.address())).unwrap();
    // The window of the connection is no part of it: a host gives that back as bytes arrive.
    let endpoint = endpoint.initial_stream_window_size(65535);
    PluginHooksClient::new(endpoint.connect().await.unwrap())
}

async fn number(hooks: &PluginHooksClient<Channel>, url: &str) -> u64 {
    get(hooks, url).await.parse().unwrap()
}

#[tokio::test]
async fn a_reader_that_stops_stops_the_writer_and_nobody_else() {
    const MANY: u64 = 4096;
    let plugin = Plugin::hosted(FIXTURE).await;
    let hooks = with_small_windows(&plugin).await;
    let idle = plugin.peak_memory();

    let mut exchange = open(&hooks, whole("GET", &format!("/counted/{MANY}"))).await.unwrap();
    let (mut bytes, mut hasher) = (0, crc32fast::Hasher::new());
    for _ in 0..10 {
        let message = exchange.response.message().await.unwrap().unwrap();
        hasher.update(&message.body_chunk);
        bytes += message.body_chunk.len() as u64;
    }
    let most = (bytes + UNREAD) / BLOCK as u64;
    // Asked over the same connection, as a host has but one.
    let asked = at_rest(&hooks, most, async || number(&hooks, "/asked").await).await;
    assert!(asked >= bytes / BLOCK as u64, "{asked} blocks are fewer than came");
    plugin.assert_memory(idle, MEMORY);

    while let Some(message) = exchange.response.message().await.unwrap() {
        hasher.update(&message.body_chunk);
    }
    let mut expected = crc32fast::Hasher::new();
    (0..MANY).for_each(|number| expected.update(&block(number)));
    assert_eq!(hasher.finalize(), expected.finalize());
    assert_eq!(number(&hooks, "/asked").await, MANY);
}

/// Sends blocks as fast as they are taken, and counts them.
fn send_blocks(upload: &Upload, many: u64) -> Arc<AtomicU64> {
    let sent = Arc::new(AtomicU64::new(0));
    let (counted, sender) = (Arc::clone(&sent), upload.sender.clone());
    tokio::spawn(async move {
        for number in 0..many {
            if sender.send(chunk(block(number))).await.is_err() {
                return;
            }
            counted.fetch_add(1, Ordering::Relaxed);
        }
        let _ = sender.send(complete()).await;
    });
    sent
}

#[tokio::test]
async fn handlers_that_do_not_read_stop_their_senders_and_nobody_else() {
    const MANY: u64 = 256;
    const HANDLERS: usize = 50;
    let plugin = Plugin::hosted(FIXTURE).await;
    let hooks = plugin.hooks().await;
    let idle = plugin.peak_memory();

    let mut uploads = Vec::new();
    for _ in 0..HANDLERS {
        let upload = upload(&hooks, first("POST", "/held"));
        let sent = send_blocks(&upload, MANY);
        let most = UNREAD / BLOCK as u64;
        at_rest(&hooks, most, async || sent.load(Ordering::Relaxed)).await;
        uploads.push(upload);
    }
    plugin.assert_memory(idle, MEMORY);
    // Other calls on this connection have bodies as well, large ones among them.
    let large = post(&"x".repeat(3 * 1024 * 1024));
    let reply = hooks.clone().message_will_be_posted(large).await.unwrap().into_inner();
    assert_eq!(reply.rejection_reason, "");

    let mut hasher = crc32fast::Hasher::new();
    (0..MANY).for_each(|number| hasher.update(&block(number)));
    let expected = format!("{} bytes, crc32 {:08x}", MANY * BLOCK as u64, hasher.finalize());
    for upload in uploads {
        assert_eq!(fetch(&hooks, "POST", "/go").await.0, 200);
        let (status, _, body) = upload.answer.await.unwrap().unwrap();
        assert_eq!((status, &body), (200, &expected));
    }
    plugin.assert_memory(idle, MEMORY);
}

#[tokio::test]
async fn a_body_that_nobody_wants_is_cut_off_and_leaves_nothing_behind() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let hooks = plugin.hooks().await;
    let tasks = Tasks::idle(&plugin).await;

    let mut exchange = open(&hooks, first("POST", "/early")).await.unwrap();
    let answer = exchange.response.message().await.unwrap().unwrap();
    assert_eq!(answer.body_chunk, "no need to read it");
    // A host that has its answer sends on until it is told to stop.
    let mut sent = 0;
    while exchange.sender.send(chunk(block(sent))).await.is_ok() {
        sent += 1;
        assert!(sent < GIB, "all of it is taken");
    }
    tasks.assert_idle("an upload that was cut off").await;
}
