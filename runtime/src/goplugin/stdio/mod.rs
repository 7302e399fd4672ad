//! `plugin.GRPCStdio`: what the process prints, carried to the host byte for byte.
//!
//! A host takes a plugin's real stdout for the handshake and its real stderr for the log, so what
//! else is printed goes another way: descriptors 1 and 2 are pipes of our own ([`capture`]), whose
//! bytes wait in a bounded [`Backlog`] until a host has taken them. As it is the descriptors that are
//! moved, it does not matter who prints: Rust, C, or a program that a handler has started.

mod backlog;
mod capture;

use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use hookwright_proto::go_plugin::StdioData;
use hookwright_proto::go_plugin::grpc_stdio_server::GrpcStdio;
pub(crate) use hookwright_proto::go_plugin::stdio_data::Channel;
use tonic::{Request, Response, Status};

use self::backlog::Backlog;
pub(crate) use self::capture::Capture;

/// How long a host is given to take up what has been sent to it. Written and taken up are not the same:
/// go-plugin closes its connection the moment it has the reply to Shutdown, and what has arrived but
/// was not read by then is lost to it.
const TAKE_UP: Duration = Duration::from_millis(30);

/// How long the end of the process may wait for hosts to take what was printed last.
const FLUSH: Duration = Duration::from_secs(1);

/// What is printed, for whoever reads it. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Output {
    backlog: Backlog,
    /// None in a process that prints where it likes.
    capture: Option<Capture>,
}

impl Output {
    /// Of a process whose descriptors have been moved.
    pub(crate) fn captured() -> std::io::Result<Self> {
        let backlog = Backlog::default();
        let capture = Capture::begin(backlog.clone())?;
        Ok(Self { backlog, capture: Some(capture) })
    }

    /// Hands what was printed so far to those who read, and ends their streams. A host closes its
    /// connection as soon as the process has agreed to end, so this comes first.
    pub(crate) async fn flush(&self) {
        let flush = async {
            if let Some(capture) = &self.capture {
                capture.flush().await;
            }
            let somebody_reads = self.backlog.is_read();
            self.backlog.close();
            self.backlog.left().await;
            if somebody_reads {
                tokio::time::sleep(TAKE_UP).await;
            }
        };
        if tokio::time::timeout(FLUSH, flush).await.is_err() {
            tracing::warn!("a host did not take all that was printed");
            self.backlog.close();
        }
    }

    /// What is printed, piece by piece, each with where it went. What was printed while
    /// nobody read comes first.
    pub(crate) fn pieces(&self) -> BoxStream<'static, (Channel, Bytes)> {
        let reader = self.backlog.reader();
        stream::unfold(reader, |mut reader| async move { Some((reader.next().await?, reader)) })
            .boxed()
    }

    /// Takes what was printed and nobody has read, for a process that did not come to serving.
    pub(crate) fn unread(&self) -> Vec<u8> {
        if let Some(capture) = &self.capture {
            capture.collect();
        }
        self.backlog.unread()
    }
}

/// The service.
#[derive(Debug)]
pub(crate) struct Stdio {
    pub(crate) output: Output,
}

#[tonic::async_trait]
impl GrpcStdio for Stdio {
    type StreamStdioStream = BoxStream<'static, Result<StdioData, Status>>;

    /// Any number of hosts may read. Each gets what is printed while it does; what was printed while
    /// there was none waits for the first that comes.
    async fn stream_stdio(
        &self,
        _: Request<()>,
    ) -> Result<Response<Self::StreamStdioStream>, Status> {
        let pieces = self.output.pieces();
        let pieces = pieces.map(|(channel, data)| Ok(StdioData { channel: channel.into(), data }));
        Ok(Response::new(pieces.boxed()))
    }
}
