//! Calls to the server's plugin API over gRPC, on one connection that is made when it is first
//! needed and made anew when it was lost.

use std::collections::HashMap;
use std::error::Error;
use std::iter::successors;
use std::sync::LazyLock;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use hookwright::ApiError;
use hookwright::api::{LARGEST_REQUEST, Transport};
use hookwright_proto::API_METHODS;
use http::uri::{InvalidUri, PathAndQuery};
use tokio::time::Instant;
use tonic::client::Grpc;
use tonic::transport::Channel;
use tonic::{Code, ConnectError, Status};

use crate::serve::{LARGEST_MESSAGE, RawCodec};

/// Where each method is called, made once for all calls.
static PATHS: LazyLock<HashMap<&str, Result<PathAndQuery, InvalidUri>>> = LazyLock::new(|| {
    let path = |method| format!("/mattermost.pluginapi.v1.PluginAPI/{method}").try_into();
    API_METHODS.iter().map(|method| (*method, path(method))).collect()
});

/// Where a method is called.
fn path_of(method: &'static str) -> Result<PathAndQuery, ApiError> {
    let fault = match PATHS.get(method) {
        Some(Ok(path)) => return Ok(path.clone()),
        Some(Err(error)) => format!("no request can be made of its name: {error}"),
        None => "the contract has no such method".to_owned(),
    };
    Err(ApiError::Transport { method, code: code_name(Code::Unimplemented), message: fault })
}

/// The API server of a host.
#[derive(Debug)]
pub struct GrpcTransport {
    grpc: Grpc<Channel>,
    target: String,
}

impl GrpcTransport {
    /// Calls over a channel; `target` is named in errors.
    #[must_use]
    pub fn new(channel: Channel, target: String) -> Self {
        let grpc = Grpc::new(channel)
            .max_decoding_message_size(LARGEST_MESSAGE)
            .max_encoding_message_size(LARGEST_REQUEST);
        Self { grpc, target }
    }

    /// What a status means to the caller.
    fn error(&self, method: &'static str, status: &Status, after: Duration) -> ApiError {
        let mut causes = successors(Error::source(status), |cause| (*cause).source());
        // The channel keeps the time as well, and calls it CANCELLED when it is up.
        let late = causes.clone().any(|cause| cause.is::<tonic::TimeoutExpired>());
        if late || status.code() == Code::DeadlineExceeded {
            return ApiError::Deadline { method, after };
        }
        if causes.clone().any(|cause| cause.is::<ConnectError>()) {
            let message = format!("{} cannot be reached: {}", self.target, told(status));
            return ApiError::Unreachable { method, message };
        }
        if is_too_large(status) {
            let message = status.message().to_owned();
            return ApiError::ReplyTooLarge { method, limit: LARGEST_MESSAGE, message };
        }
        // Only what comes of this side of the connection has a cause. Whatever HTTP/2 then calls it,
        // a connection that closed (CANCELLED), or was taken leave of (INTERNAL), the call was lost.
        let ours = causes.next().is_some();
        let code = if ours { Code::Unavailable } else { status.code() };
        let message = match ours || code == Code::Unavailable {
            true => format!("{}: {}", self.target, told(status)),
            false => status.message().to_owned(),
        };
        ApiError::Transport { method, code: code_name(code), message }
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
        let path = path_of(method)?;
        let left = deadline.saturating_duration_since(Instant::now());
        let mut request = tonic::Request::new(request);
        request.set_timeout(left);
        let mut grpc = self.grpc.clone();
        grpc.ready()
            .await
            .map_err(|error| self.error(method, &Status::from_error(error.into()), left))?;
        match grpc.unary(request, path, RawCodec).await {
            Ok(response) => Ok(response.into_inner()),
            Err(status) => Err(self.error(method, &status, left)),
        }
    }
}

/// Whether tonic refused a reply for its size. It has no other sign than the text; a server's
/// status of the same code has another.
fn is_too_large(status: &Status) -> bool {
    status.code() == Code::OutOfRange && status.message().contains("message length too large")
}

/// What a status says, and what caused it.
fn told(status: &Status) -> String {
    let causes = successors(Error::source(status), |cause| (*cause).source());
    let mut told = status.message().to_owned();
    // Errors that wrap another one often say no more than it does.
    for cause in causes.map(ToString::to_string) {
        if !told.ends_with(&cause) {
            told = format!("{told}: {cause}");
        }
    }
    told
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_method_of_the_contract_has_a_path_and_no_other_has() {
        let lost: Vec<_> = API_METHODS.iter().filter_map(|method| path_of(method).err()).collect();
        assert!(lost.is_empty(), "{lost:?}");
        assert_eq!(path_of("KVGet").unwrap(), "/mattermost.pluginapi.v1.PluginAPI/KVGet");

        let error = path_of("GetEverything").unwrap_err();
        assert!(
            error.is_unimplemented() && error.to_string().contains("no such method"),
            "{error}"
        );
    }
}
