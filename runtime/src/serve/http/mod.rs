//! `ServeHTTP` on the wire: a stream of messages each way, as an HTTP request and its response.

mod body;
mod request;
mod response;

use std::sync::Arc;
use std::task::{Context, Poll};

use ::http::StatusCode;
use bytes::Bytes;
use futures::future::BoxFuture;
use tokio::time::Instant;
use tonic::body::Body;
use tonic::server::Grpc;
use tonic::{Request, Response, Status, Streaming};
use tower::Service;

pub(crate) use self::body::Discarding;
use self::response::Messages;
use super::raw::RawCodec;
use super::status::{given_up_at, left_until, too_large_is_resource_exhausted};
use crate::engine::Engine;
use crate::http::page;
use crate::refusal::LARGEST_MESSAGE;

/// Answers one stream.
pub(crate) async fn serve(
    engine: Arc<Engine>,
    request: http::Request<Body>,
) -> http::Response<Body> {
    let given_up_at = given_up_at(request.headers());
    let mut grpc = Grpc::new(RawCodec).max_decoding_message_size(LARGEST_MESSAGE);
    let mut response = grpc.streaming(ServeHttp { engine, given_up_at }, request).await;
    too_large_is_resource_exhausted(&mut response);
    response
}

struct ServeHttp {
    engine: Arc<Engine>,
    given_up_at: Option<Instant>,
}

impl Service<Request<Streaming<Bytes>>> for ServeHttp {
    type Response = Response<Messages>;
    type Error = Status;
    type Future = BoxFuture<'static, Result<Response<Messages>, Status>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, stream: Request<Streaming<Bytes>>) -> Self::Future {
        let (engine, given_up_at) = (Arc::clone(&self.engine), self.given_up_at);
        Box::pin(async move {
            let response = match request::read(stream.into_inner(), &engine).await? {
                Some((request, caller)) => {
                    engine.serve_http(request, caller, left_until(given_up_at)).await
                }
                None => page(StatusCode::BAD_REQUEST),
            };
            Ok(Response::new(Messages::new(response)))
        })
    }
}
