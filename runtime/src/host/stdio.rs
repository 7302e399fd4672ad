//! What a plugin writes to its stdout and stderr after the handshake, as it streams it to its host.

use std::sync::Arc;

use bytes::Bytes;
use hookwright_proto::go_plugin::grpc_stdio_client::GrpcStdioClient;
use hookwright_proto::go_plugin::stdio_data::Channel as Which;
use tokio_util::task::AbortOnDropHandle;
use tonic::transport::Channel;

/// Which of the two a piece was written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Output {
    /// Its stdout.
    Stdout,
    /// Its stderr, log records apart.
    Stderr,
}

/// Takes each piece in order. A piece may end anywhere, also within a character.
pub type OutputSink = Arc<dyn Fn(Output, Bytes) + Send + Sync>;

/// Asks for the stream, and passes on what comes until it ends. A plugin that has none says so, or
/// says nothing at all; both are well.
pub(super) fn forward(channel: Channel, sink: OutputSink) -> AbortOnDropHandle<()> {
    // In a task of its own: servers in Go send nothing, not even that they accept, before the first
    // piece.
    AbortOnDropHandle::new(tokio::spawn(async move {
        let Ok(stream) = GrpcStdioClient::new(channel).stream_stdio(()).await else { return };
        let mut stream = stream.into_inner();
        while let Ok(Some(piece)) = stream.message().await {
            match piece.channel() {
                Which::Stdout => sink(Output::Stdout, piece.data),
                Which::Stderr => sink(Output::Stderr, piece.data),
                Which::Invalid => {}
            }
        }
    }))
}
