//! A host that brokers connections, as go-plugin's do.

mod mux;
mod sockets;

use std::io;

use hookwright::broker::{Connection, Io};
use hookwright_proto::go_plugin::ConnInfo;
use hookwright_proto::go_plugin::conn_info::Knock;
use hookwright_proto::go_plugin::grpc_broker_client::GrpcBrokerClient;
use hookwright_proto::mattermost::plugin_hooks_client::PluginHooksClient;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;
use tonic::transport::{Channel, Endpoint};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tower::service_fn;

use crate::PATIENCE;
use crate::ask::command;

pub use mux::{MuxHost, Stream};
pub use sockets::{Offer, dial, offer};

/// A stream of the broker, and the calls of the same host.
#[derive(Debug)]
pub struct HostStream {
    outgoing: mpsc::Sender<ConnInfo>,
    incoming: Streaming<ConnInfo>,
}

impl HostStream {
    /// Opens the stream on a host's connection.
    ///
    /// # Panics
    ///
    /// If the plugin has no broker.
    pub async fn open(channel: &Channel) -> Self {
        let (outgoing, messages) = mpsc::channel(16);
        let stream = GrpcBrokerClient::new(channel.clone())
            .start_stream(ReceiverStream::new(messages))
            .await;
        Self { outgoing, incoming: stream.expect("the plugin brokers").into_inner() }
    }

    /// Tells the plugin something.
    ///
    /// # Panics
    ///
    /// If the stream has ended.
    pub async fn send(&self, info: ConnInfo) {
        self.outgoing.send(info).await.expect("the stream is open");
    }

    /// Knocks, or answers a knock.
    pub async fn knock(&self, id: u32, ack: bool, error: &str) {
        let knock = Some(Knock { knock: true, ack, error: error.to_owned() });
        self.send(ConnInfo { service_id: id, knock, ..ConnInfo::default() }).await;
    }

    /// What the plugin says next; none when it has ended the stream.
    ///
    /// # Panics
    ///
    /// If it says nothing.
    pub async fn next(&mut self) -> Option<ConnInfo> {
        let next = tokio::time::timeout(PATIENCE, self.incoming.message()).await;
        next.expect("the plugin says something").unwrap_or_default()
    }

    /// Where the plugin accepts, which it says next.
    ///
    /// # Panics
    ///
    /// If it says something else.
    pub async fn offered(&mut self, id: u32) -> ConnInfo {
        let info = self.next().await.expect("an offer");
        assert_eq!((info.service_id, &info.knock), (id, &None), "{info:?}");
        info
    }

    /// The knock that the plugin says next, or its answer to one; what is wrong, if anything.
    ///
    /// # Panics
    ///
    /// If it says something else.
    pub async fn knocked(&mut self, id: u32, ack: bool) -> String {
        let info = self.next().await.expect("a knock");
        let knock = info.knock.clone().expect("a knock");
        let expected = Knock { knock: true, ack, error: knock.error.clone() };
        assert_eq!((info.service_id, &knock), (id, &expected), "{info:?}");
        assert_eq!((info.network.as_str(), info.address.as_str()), ("", ""));
        knock.error
    }
}

/// What the plugin answers to a command.
///
/// # Panics
///
/// If it does not.
pub async fn tell(channel: &Channel, text: &str) -> String {
    let reply = PluginHooksClient::new(channel.clone()).execute_command(command(text)).await;
    reply.expect("a reply").into_inner().response.expect("a response").text
}

/// The same, while something else goes on.
pub fn begin(channel: &Channel, text: &'static str) -> tokio::task::JoinHandle<String> {
    let channel = channel.clone();
    tokio::spawn(async move { tell(&channel, text).await })
}

/// A channel over one connection.
///
/// # Errors
///
/// The other side does not speak HTTP/2 on it.
pub async fn channel_over(io: impl Io + 'static) -> Result<Channel, tonic::transport::Error> {
    let mut connection = Some(TokioIo::new(Connection::new(Box::new(io))));
    let once = service_fn(move |_| {
        let connection = connection.take().ok_or_else(|| io::Error::other("only once"));
        async { connection }
    });
    Endpoint::from_static("http://unused").connect_with_connector(once).await
}

/// Asserts that health is served on a connection.
///
/// # Panics
///
/// If it is not.
pub async fn assert_health(io: impl Io + 'static) {
    let channel = channel_over(io).await.expect("gRPC");
    let reply = HealthClient::new(channel).check(HealthCheckRequest::default()).await;
    assert_eq!(reply.expect("it answers").into_inner().status().as_str_name(), "SERVING");
}

/// Asserts that a connection gives back what it is told.
///
/// # Panics
///
/// If it does not.
pub async fn assert_echo(mut io: impl Io) {
    io.write_all(b"polo?").await.expect("it listens");
    io.shutdown().await.expect("it listens");
    let mut heard = String::new();
    let read = tokio::time::timeout(PATIENCE, io.read_to_string(&mut heard)).await;
    read.expect("it answers").expect("it answers");
    assert_eq!(heard, "polo?");
}

/// Answers on a connection what it is told with a word more.
///
/// # Panics
///
/// If it breaks off.
pub async fn answer(mut io: impl Io) {
    let mut heard = String::new();
    let read = tokio::time::timeout(PATIENCE, io.read_to_string(&mut heard)).await;
    read.expect("it says something").expect("it says something");
    io.write_all(format!("{heard}, says the host").as_bytes()).await.expect("it listens");
    io.shutdown().await.expect("it listens");
}
