//! Calls to the server's plugin API over gRPC, on one connection that is made when it is first
//! needed and made anew when it was lost.

use async_trait::async_trait;
use bytes::Bytes;
use hookwright::ApiError;
use hookwright::api::Transport;
use http::uri::PathAndQuery;
use tokio::time::Instant;
use tonic::Code;
use tonic::client::Grpc;
use tonic::transport::Channel;

use crate::serve::{LARGEST_MESSAGE, RawCodec};

/// The API server of a host.
#[derive(Debug)]
pub struct GrpcTransport {
    channel: Channel,
    target: String,
}

impl GrpcTransport {
    /// Calls over a channel; `target` is named in errors.
    #[must_use]
    pub fn new(channel: Channel, target: String) -> Self {
        Self { channel, target }
    }
}

#[async_trait]
impl Transport for GrpcTransport {
    async fn call(
        &self,
        method: &'static str,
        request: Bytes,
        deadline: Instant,
    ) -> Result<Bytes, ApiError> {
        let failed = |code: Code, message: String| ApiError::Transport {
            method,
            code: code_name(code),
            message,
        };
        let path = PathAndQuery::try_from(format!("/mattermost.pluginapi.v1.PluginAPI/{method}"))
            .map_err(|error| failed(Code::Internal, error.to_string()))?;
        let left = deadline.saturating_duration_since(Instant::now());
        let mut request = tonic::Request::new(request);
        request.set_timeout(left);
        let mut grpc = Grpc::new(self.channel.clone())
            .max_decoding_message_size(LARGEST_MESSAGE)
            .max_encoding_message_size(LARGEST_MESSAGE);
        grpc.ready().await.map_err(|error| {
            failed(Code::Unavailable, format!("{} cannot be reached: {error}", self.target))
        })?;
        match grpc.unary(request, path, RawCodec).await {
            Ok(response) => Ok(response.into_inner()),
            // The channel keeps the time as well, and calls it CANCELLED when it is up.
            Err(status)
                if status.code() == Code::DeadlineExceeded
                    || status.code() == Code::Cancelled && deadline <= Instant::now() =>
            {
                Err(ApiError::Deadline { method, after: left })
            }
            Err(status) => Err(failed(
                status.code(),
                match status.code() {
                    Code::Unavailable => format!("{}: {}", self.target, status.message()),
                    _ => status.message().to_owned(),
                },
            )),
        }
    }
}

/// The code as the gRPC protocol spells it.
#[must_use]
pub fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
