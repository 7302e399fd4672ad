//! Calls that are lost with their connection, in each way in which a server leaves one.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use hookwright_proto::mattermost::GetServerVersionResponse;
use hookwright_tests::server::{Answer, Server, client_of};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

/// What a server does with its first connection; the next ones are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Leaves {
    /// Closes it at once.
    AtOnce,
    /// Reads what the client says first, and closes it.
    AfterTheFirstWords,
    /// Says that it is about to go and has done nothing, after the request.
    ByGoAway,
    /// Resets it.
    ByReset,
}

const ALL: [Leaves; 4] =
    [Leaves::AtOnce, Leaves::AfterTheFirstWords, Leaves::ByGoAway, Leaves::ByReset];

const SETTINGS: [u8; 9] = [0, 0, 0, 4, 0, 0, 0, 0, 0];
/// Of no stream, for no error.
const GO_AWAY: [u8; 17] = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/// The address of a server that leaves its first connection so.
async fn leaving(server: &Server, how: Leaves) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let server = server.address.clone();
    tokio::spawn(async move {
        let (first, _) = listener.accept().await.unwrap();
        leave(first, how).await;
        while let Ok((mut client, _)) = listener.accept().await {
            let mut server = TcpStream::connect(&server).await.unwrap();
            tokio::spawn(async move { copy_bidirectional(&mut client, &mut server).await });
        }
    });
    address
}

async fn leave(mut client: TcpStream, how: Leaves) {
    let mut said = Vec::new();
    match how {
        Leaves::AtOnce => {}
        Leaves::ByReset => client.set_zero_linger().unwrap(),
        Leaves::AfterTheFirstWords => {
            client.read_buf(&mut said).await.unwrap();
        }
        Leaves::ByGoAway => {
            client.write_all(&SETTINGS).await.unwrap();
            // The path of the request is in it, as text: HTTP/2 compresses it only if that is shorter.
            while said.len() < 100 {
                client.read_buf(&mut said).await.unwrap();
            }
            client.write_all(&GO_AWAY).await.unwrap();
            client.shutdown().await.unwrap();
            let _ = client.read_to_end(&mut said).await;
        }
    }
}

async fn server() -> Server {
    let version = GetServerVersionResponse { error: None, version: "10.0.0".to_owned() };
    Server::start([("GetServerVersion", Answer::reply(&version)), ("KVSet", Answer::Never)]).await
}

#[tokio::test]
async fn a_read_is_made_again_however_the_connection_was_left() {
    for how in ALL {
        // More than once: which error it is depends on who is faster.
        for _ in 0..10 {
            let server = server().await;
            let api = client_of(&leaving(&server, how).await);
            let version = api.get_server_version().await;
            assert_eq!(version.as_deref(), Ok("10.0.0"), "{how:?}");
            assert_eq!(server.called(), ["GetServerVersion"], "{how:?}");
        }
    }
}

#[tokio::test]
async fn a_write_is_not_and_its_error_says_that_it_was_lost() {
    for how in ALL {
        let server = server().await;
        let address = leaving(&server, how).await;
        let error = client_of(&address).kv_set("key", "value").await.unwrap_err();
        assert!(error.is_transport() && error.to_string().contains(&address), "{how:?}: {error}");
        assert!(error.to_string().contains("UNAVAILABLE"), "{how:?}: {error}");
        assert_eq!(server.called(), [""; 0], "{how:?}");
    }
}
