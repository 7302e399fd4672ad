//! What a plugin prints, as it streams it to a host.

use hookwright_proto::go_plugin::StdioData;
use hookwright_proto::go_plugin::grpc_stdio_client::GrpcStdioClient;
use hookwright_proto::go_plugin::stdio_data::Channel as Which;
use tonic::Streaming;
use tonic::transport::Channel;

use crate::PATIENCE;

/// One stream, and what has come of it so far.
#[derive(Debug)]
pub struct Printed {
    stream: Streaming<StdioData>,
    /// What was written to stdout.
    pub stdout: Vec<u8>,
    /// What was written to stderr.
    pub stderr: Vec<u8>,
}

impl Printed {
    /// Asks for the stream.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub async fn over(channel: Channel) -> Self {
        let stream = GrpcStdioClient::new(channel).stream_stdio(()).await.expect("a stream");
        Self { stream: stream.into_inner(), stdout: Vec::new(), stderr: Vec::new() }
    }

    /// Reads until as many bytes have come on both together.
    ///
    /// # Panics
    ///
    /// If they do not come.
    pub async fn until(&mut self, bytes: usize) {
        while self.stdout.len() + self.stderr.len() < bytes {
            assert!(self.read().await, "it ends before {bytes} bytes: {self:?}");
        }
    }

    /// Reads to the end.
    ///
    /// # Panics
    ///
    /// If it does not end well.
    pub async fn rest(&mut self) {
        while self.read().await {}
    }

    async fn read(&mut self) -> bool {
        let piece = tokio::time::timeout(PATIENCE, self.stream.message()).await;
        let piece = piece.unwrap_or_else(|_| panic!("nothing comes after {self:?}"));
        let Some(piece) = piece.expect("it does not fail") else { return false };
        match piece.channel() {
            Which::Stdout => self.stdout.extend(piece.data),
            Which::Stderr => self.stderr.extend(piece.data),
            Which::Invalid => panic!("of no channel: {piece:?}"),
        }
        true
    }
}
