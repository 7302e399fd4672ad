//! Both sides of one connection in this process.

use hookwright::broker::Io;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Duration, advance};
use yamux::Mode;

use super::driver::Driver;
use super::{ANNOUNCED, Mux, Stream};

struct Side {
    mux: Mux,
    others: mpsc::Receiver<Stream>,
}

fn side(io: impl Io + 'static, mode: Mode, tasks: &mut JoinSet<()>) -> Side {
    let (driver, mux, others) = Driver::new(Box::new(io), mode);
    tasks.spawn(async move {
        let _ = driver.run().await;
    });
    Side { mux, others }
}

fn both() -> (Side, Side, JoinSet<()>) {
    let (one, other) = tokio::io::duplex(64 * 1024);
    let mut tasks = JoinSet::new();
    let host = side(one, Mode::Client, &mut tasks);
    let plugin = side(other, Mode::Server, &mut tasks);
    (host, plugin, tasks)
}

async fn says(mut stream: Stream, text: &str) {
    stream.write_all(text.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
}

async fn said(mut stream: Stream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}

#[tokio::test]
async fn a_stream_is_known_to_the_other_side_before_a_byte_is_written_on_it() {
    let (host, mut plugin, _tasks) = both();
    let opened = host.mux.open().await.unwrap();
    let accepted = plugin.others.recv().await.unwrap();
    says(accepted, "the plugin first").await;
    assert_eq!(said(opened).await, "the plugin first");
}

#[tokio::test]
async fn an_announced_stream_goes_to_its_receiver_and_the_next_one_does_not() {
    let (host, mut plugin, _tasks) = both();
    let (announced, mut receiver) = mpsc::channel(1);
    plugin.mux.expect(announced);
    says(host.mux.open().await.unwrap(), "announced").await;
    says(host.mux.open().await.unwrap(), "another").await;
    assert_eq!(said(receiver.recv().await.unwrap()).await, "announced");
    assert_eq!(said(plugin.others.recv().await.unwrap()).await, "another");
}

#[tokio::test]
async fn whoever_does_not_take_its_streams_holds_up_nobody_else() {
    let (host, mut plugin, _tasks) = both();
    let (gone, _) = mpsc::channel(1);
    plugin.mux.expect(gone);
    let (slow, _kept) = mpsc::channel(1);
    plugin.mux.expect(slow.clone());
    plugin.mux.expect(slow);
    let mut closed = host.mux.open().await.unwrap();
    let _taken = host.mux.open().await.unwrap();
    let mut too_many = host.mux.open().await.unwrap();
    says(host.mux.open().await.unwrap(), "for the others").await;
    assert_eq!(said(plugin.others.recv().await.unwrap()).await, "for the others");
    for stream in [&mut closed, &mut too_many] {
        assert_eq!(stream.read(&mut [0]).await.unwrap(), 0, "it has been closed");
    }
}

#[tokio::test(start_paused = true)]
async fn an_announcement_is_forgotten_when_its_stream_does_not_come() {
    let (host, mut plugin, _tasks) = both();
    let (announced, _receiver) = mpsc::channel(1);
    plugin.mux.expect(announced);
    advance(ANNOUNCED + Duration::from_millis(1)).await;
    says(host.mux.open().await.unwrap(), "another").await;
    assert_eq!(said(plugin.others.recv().await.unwrap()).await, "another");
}

#[tokio::test]
async fn streams_are_opened_in_both_directions_at_a_time() {
    let (mut host, mut plugin, _tasks) = both();
    for _ in 0..100 {
        let (to_plugin, to_host) = tokio::join!(host.mux.open(), plugin.mux.open());
        says(to_plugin.unwrap(), "to the plugin").await;
        says(to_host.unwrap(), "to the host").await;
        assert_eq!(said(plugin.others.recv().await.unwrap()).await, "to the plugin");
        assert_eq!(said(host.others.recv().await.unwrap()).await, "to the host");
    }
}

#[tokio::test]
async fn what_is_not_yamux_ends_the_connection_with_an_error() {
    let (mut client, socket) = tokio::io::duplex(1024);
    let (driver, mux, _others) = Driver::new(Box::new(socket), Mode::Server);
    client.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
    let error = driver.run().await.unwrap_err();
    assert!(error.to_string().contains("version"), "{error}");
    assert!(mux.open().await.is_none(), "it has ended");
}
