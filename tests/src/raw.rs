//! Calls whose bytes the test writes itself.

use bytes::{Buf as _, BufMut as _, Bytes};
use http::uri::PathAndQuery;
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::Channel;
use tonic::{Request, Status, Streaming};

/// The service that a plugin serves.
pub const HOOKS: &str = "mattermost.pluginapi.v1.PluginHooks";

/// Sends bytes as the request of a method of [`HOOKS`], and returns those of the reply.
///
/// # Errors
///
/// The status that it answers with.
///
/// # Panics
///
/// If the method cannot be part of a path.
pub async fn call(channel: &Channel, method: &str, body: Bytes) -> Result<Bytes, Status> {
    send(channel, method, Request::new(body)).await
}

/// The same with what belongs to a request besides its bytes, such as its deadline.
///
/// # Errors
///
/// The status that it answers with.
///
/// # Panics
///
/// If the method cannot be part of a path.
pub async fn send(
    channel: &Channel,
    method: &str,
    request: Request<Bytes>,
) -> Result<Bytes, Status> {
    let path = PathAndQuery::try_from(format!("/{HOOKS}/{method}")).expect("a path");
    let mut grpc = Grpc::new(channel.clone()).max_decoding_message_size(i32::MAX as usize);
    grpc.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
    Ok(grpc.unary(request, path, Raw).await?.into_inner())
}

/// Sends an empty request to a method of a service, by its path, and follows the stream of replies.
///
/// # Errors
///
/// The status that it answers with.
///
/// # Panics
///
/// If this is no path.
pub async fn follow(channel: &Channel, path: &'static str) -> Result<Streaming<Bytes>, Status> {
    let mut grpc = Grpc::new(channel.clone());
    grpc.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
    let (request, path) = (Request::new(Bytes::new()), PathAndQuery::from_static(path));
    Ok(grpc.server_streaming(request, path, Raw).await?.into_inner())
}

/// Leaves messages as they are.
#[derive(Debug, Clone, Copy, Default)]
struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, message: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(message);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}
