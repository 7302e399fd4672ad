//! `ServeHTTP` on the wire: a stream of messages each way, as an HTTP request and its response.

mod body;
mod request;
mod response;

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use ::http::StatusCode;
use bytes::Bytes;
use futures::future::BoxFuture;
use tonic::body::Body;
use tonic::server::Grpc;
use tonic::{Request, Response, Status, Streaming};
use tower::Service;

use self::response::Messages;
use super::raw::RawCodec;
use super::status::{caller_limit, too_large_is_resource_exhausted};
use crate::engine::Engine;
use crate::http::page;
use crate::refusal::LARGEST_MESSAGE;

/// Answers one stream.
pub(crate) async fn serve(
    engine: Arc<Engine>,
    request: http::Request<Body>,
) -> http::Response<Body> {
    let caller_limit = caller_limit(request.headers());
    let mut grpc = Grpc::new(RawCodec).max_decoding_message_size(LARGEST_MESSAGE);
    let mut response = grpc.streaming(ServeHttp { engine, caller_limit }, request).await;
    too_large_is_resource_exhausted(&mut response);
    response
}

struct ServeHttp {
    engine: Arc<Engine>,
    caller_limit: Option<Duration>,
}

impl Service<Request<Streaming<Bytes>>> for ServeHttp {
    type Response = Response<Messages>;
    type Error = Status;
    type Future = BoxFuture<'static, Result<Response<Messages>, Status>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, stream: Request<Streaming<Bytes>>) -> Self::Future {
        let (engine, caller_limit) = (Arc::clone(&self.engine), self.caller_limit);
        Box::pin(async move {
            let response = match request::read(stream.into_inner(), &engine).await? {
                Some((request, caller)) => engine.serve_http(request, caller, caller_limit).await,
                None => page(StatusCode::BAD_REQUEST),
            };
            Ok(Response::new(Messages::new(response)))
        })
    }
}
