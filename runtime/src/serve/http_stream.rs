//! `ServeHTTP`, the one hook that is a stream. No plugin can handle it yet, so each request is
//! answered as the host expects of a plugin without a handler: with a page that says 404.

use std::task::{Context, Poll};

use futures::future::{Ready, ready};
use futures::stream::{Once, once};
use hookwright_proto::mattermost::{HttpHeader, ServeHttpResponse, ServeHttpResponseInit};
use prost::Message as _;
use tonic::body::Body;
use tonic::server::Grpc;
use tonic::{Request, Response, Status, Streaming};
use tower::Service;

use super::raw::{LARGEST_MESSAGE, RawCodec};

/// Answers one stream.
pub(crate) async fn serve(request: http::Request<Body>) -> http::Response<Body> {
    Grpc::new(RawCodec)
        .max_decoding_message_size(LARGEST_MESSAGE)
        .streaming(NotFound, request)
        .await
}

/// Does not read the body: the host's sender ends when the answer has.
struct NotFound;

impl Service<Request<Streaming<bytes::Bytes>>> for NotFound {
    type Response = Response<Once<Ready<Result<bytes::Bytes, Status>>>>;
    type Error = Status;
    type Future = Ready<Result<Self::Response, Status>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Streaming<bytes::Bytes>>) -> Self::Future {
        ready(Ok(Response::new(once(ready(Ok(page().encode_to_vec().into()))))))
    }
}

fn page() -> ServeHttpResponse {
    let content_type =
        HttpHeader { key: "Content-Type".into(), values: vec!["text/plain; charset=utf-8".into()] };
    ServeHttpResponse {
        init: Some(ServeHttpResponseInit { status_code: 404, headers: vec![content_type] }),
        body_chunk: "Not Found".into(),
        body_complete: true,
        flush: false,
    }
}
