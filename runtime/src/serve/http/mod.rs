//! `ServeHTTP` and `ServeMetrics` on the wire: a stream of messages each way, as an HTTP request and its response.

mod body;
mod request;
mod response;

use std::sync::Arc;
use std::task::{Context, Poll};

use ::http::StatusCode;
use bytes::Bytes;
use futures::future::BoxFuture;
use hookwright::HookName;
use tonic::body::Body;
use tonic::server::Grpc;
use tonic::{Request, Response, Status, Streaming};
use tower::Service;

pub(crate) use self::body::Discarding;
pub(crate) use self::request::head as head_of;
use self::response::Messages;
pub(crate) use self::response::fields as header_fields;
use super::origin::Arrival;
use super::raw::RawCodec;
use super::status::too_large_is_resource_exhausted;
use crate::engine::Engine;
use crate::http::page;
use crate::refusal::LARGEST_MESSAGE;

/// Answers one stream.
pub(crate) async fn serve(
    engine: Arc<Engine>,
    hook: HookName,
    request: http::Request<Body>,
) -> http::Response<Body> {
    let arrival = Arrival::of(&request);
    let mut grpc = Grpc::new(RawCodec).max_decoding_message_size(LARGEST_MESSAGE);
    let mut response = grpc.streaming(ServeHttp { engine, hook, arrival }, request).await;
    too_large_is_resource_exhausted(&mut response);
    response
}

struct ServeHttp {
    engine: Arc<Engine>,
    hook: HookName,
    arrival: Arrival,
}

impl Service<Request<Streaming<Bytes>>> for ServeHttp {
    type Response = Response<Messages>;
    type Error = Status;
    type Future = BoxFuture<'static, Result<Response<Messages>, Status>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, stream: Request<Streaming<Bytes>>) -> Self::Future {
        let (engine, hook) = (Arc::clone(&self.engine), self.hook);
        let arrival = self.arrival.clone();
        Box::pin(async move {
            let response = match request::read(stream.into_inner(), &engine).await? {
                Some((request, caller)) => {
                    engine.serve_page(hook, request, caller, arrival.origin()).await
                }
                None => page(StatusCode::BAD_REQUEST),
            };
            Ok(Response::new(Messages::new(response)))
        })
    }
}
