//! `ServeHTTP` on the wire: a stream of messages each way, as an HTTP request and its response.

mod request;
mod response;

use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::future::BoxFuture;
use tonic::body::Body;
use tonic::server::Grpc;
use tonic::{Request, Response, Status, Streaming};
use tower::Service;

use self::response::Messages;
use super::raw::{LARGEST_MESSAGE, RawCodec};
use crate::engine::Engine;

/// Answers one stream.
pub(crate) async fn serve(
    engine: Arc<Engine>,
    request: http::Request<Body>,
) -> http::Response<Body> {
    let mut grpc = Grpc::new(RawCodec).max_decoding_message_size(LARGEST_MESSAGE);
    grpc.streaming(ServeHttp { engine }, request).await
}

struct ServeHttp {
    engine: Arc<Engine>,
}

impl Service<Request<Streaming<Bytes>>> for ServeHttp {
    type Response = Response<Messages>;
    type Error = Status;
    type Future = BoxFuture<'static, Result<Response<Messages>, Status>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, stream: Request<Streaming<Bytes>>) -> Self::Future {
        let engine = Arc::clone(&self.engine);
        Box::pin(async move {
            let (request, caller) = request::read(stream.into_inner()).await?;
            Ok(Response::new(Messages::new(engine.serve_http(request, caller).await)))
        })
    }
}
