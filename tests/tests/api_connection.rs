//! The connection to the server: one for all calls, and another one when it was lost.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use hookwright::ApiError;
use hookwright::api::{Client, Transport};
use hookwright::proto::{GetServerVersionResponse, Post};
use hookwright_runtime::api::GrpcTransport;
use hookwright_runtime::connect::Target;
use hookwright_tests::cable::Cable;
use hookwright_tests::server::{Answer, Server, client_of};
use tokio::net::TcpListener;
use tokio::time::Instant;

fn version(version: &str) -> Answer {
    let version = version.to_owned();
    Answer::reply(&GetServerVersionResponse { error: None, version })
}

/// The way to a server that is back as soon as a call that reads has found nobody.
#[derive(Debug)]
struct Restarting {
    grpc: GrpcTransport,
    address: SocketAddr,
    server: String,
    cable: Mutex<Option<Cable>>,
    failures: Mutex<Vec<ApiError>>,
}

impl Restarting {
    fn of(cable: Cable, server: &Server) -> Arc<Self> {
        let address = cable.address;
        let target: Target = address.to_string().parse().unwrap();
        Arc::new(Self {
            grpc: GrpcTransport::new(target.channel(), target.to_string()),
            address,
            server: server.address.clone(),
            cable: Mutex::new(Some(cable)),
            failures: Mutex::default(),
        })
    }

    async fn cut(&self) {
        let cable = self.cable.lock().unwrap().take();
        cable.unwrap().cut().await;
    }
}

#[async_trait]
impl Transport for Restarting {
    async fn call(
        &self,
        method: &'static str,
        request: Bytes,
        deadline: Instant,
    ) -> Result<Bytes, ApiError> {
        let answer = self.grpc.call(method, request, deadline).await;
        if let Err(error) = &answer {
            self.failures.lock().unwrap().push(error.clone());
            if method == "GetServerVersion" {
                let cable = Cable::at(self.address, &self.server).await;
                self.cable.lock().unwrap().replace(cable);
            }
        }
        answer
    }
}

#[tokio::test]
async fn a_call_that_reads_reaches_a_server_that_is_back_over_a_new_connection() {
    let server = Server::start([("GetServerVersion", version("10.0.0"))]).await;
    let way = Restarting::of(Cable::to(&server.address).await, &server);
    let api = Client::new(Arc::clone(&way) as Arc<dyn Transport>, None);
    assert_eq!(api.get_server_version().await.unwrap(), "10.0.0");

    way.cut().await;
    let write = api.create_post(Post::default()).await.unwrap_err();
    assert!(write.is_transport() && !write.is_deadline(), "{write:?}");
    assert_eq!(api.get_server_version().await.unwrap(), "10.0.0");

    let failures = way.failures.lock().unwrap().clone();
    assert_eq!(failures.len(), 2, "{failures:?}");
    assert!(matches!(failures[1], ApiError::Unreachable { .. }), "{failures:?}");
    assert_eq!(server.called(), ["GetServerVersion"; 2]);
}

#[tokio::test]
async fn of_a_call_that_was_cut_off_it_is_not_said_that_it_was_not_sent() {
    let server = Server::start([("CreatePost", Answer::Never)]).await;
    let cable = Cable::to(&server.address).await;
    let address = cable.address.to_string();
    let api = client_of(&address);

    let call = tokio::spawn(async move { api.create_post(Post::default()).await });
    server.until_called("CreatePost").await;
    cable.cut().await;
    let error = call.await.unwrap().unwrap_err();

    assert!(matches!(error, ApiError::Transport { code: "UNAVAILABLE", .. }), "{error:?}");
    assert!(error.is_transport() && !error.is_unsent());
    assert!(error.to_string().contains(&address), "{error}");
    assert_eq!(server.called(), ["CreatePost"]);
}

#[tokio::test]
async fn a_call_that_reads_and_was_cut_off_is_made_again() {
    let server = Server::start([("GetServerVersion", Answer::Never)]).await;
    let cable = Cable::to(&server.address).await;
    let api = client_of(&cable.address.to_string());

    let call = tokio::spawn(async move { api.get_server_version().await });
    server.until_called("GetServerVersion").await;
    server.answer("GetServerVersion", version("10.0.0"));
    // The port is taken again before anything else runs.
    let address = cable.cut().await;
    let _cable = Cable::at(address, &server.address).await;

    assert_eq!(call.await.unwrap().unwrap(), "10.0.0");
    assert_eq!(server.called(), ["GetServerVersion"; 2]);
}

#[tokio::test]
async fn all_calls_of_a_client_and_its_clones_go_over_one_connection() {
    let server = Server::start([("GetServerVersion", version("10.0.0"))]).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let api = client_of(&listener.local_addr().unwrap().to_string());

    // Made lazily: so far nobody has connected, and one connection answers all of these.
    let calls = (0..32).map(|_| {
        let api = api.clone();
        tokio::spawn(async move { api.get_server_version().await })
    });
    let calls: Vec<_> = calls.collect();
    let (mut client, _) = listener.accept().await.unwrap();
    let mut to_server = tokio::net::TcpStream::connect(&server.address).await.unwrap();
    tokio::spawn(async move {
        let _ = tokio::io::copy_bidirectional(&mut client, &mut to_server).await;
    });
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap(), "10.0.0");
    }
    let another = tokio::select! {
        biased;
        another = listener.accept() => Some(another),
        () = std::future::ready(()) => None,
    };
    assert!(another.is_none());
    assert_eq!(server.called().len(), 32);
}
